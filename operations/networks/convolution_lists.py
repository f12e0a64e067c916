"""The convolutions of known networks, and odd geometries, as problem lists.

    python3 operations/networks/convolution_lists.py

writes operations/lists/conv/<list>.csv for each training step in STEPS, and torture.csv, and
operations/lists/conv_bias_relu/<list>.csv for each forward pass in FORWARD; a test compares. The
rows follow from the networks in convolution_networks.py:

- Each layer is a row in each direction, `<layer>.<direction>`: fprop, dgrad (the gradient to its
  input) and wgrad (to its weights). To the data that the first layer reads there is no gradient.
- A transposed convolution does what the convolution that it is the transpose of does backwards.
  Its row has that convolution's sizes and direction, and its own direction in the name: `up1.fprop`
  is a dgrad problem, `up1.dgrad` an fprop problem.
- A forward pass has the layers that relu follows at once, with what they have in front of it as one
  problem; batch norms are folded into filters and biases.
- Layers of the same problem are one row, named after the first.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from convolution_networks import (
    MOBILENET_V2,
    RESNET50,
    RETINANET_HEAD,
    UNET,
    UNET_3D,
    VGG16,
    WAV2VEC2,
    Layer,
    Network,
)

ALL_LISTS = Path(__file__).resolve().parents[1] / "lists"
LISTS = ALL_LISTS / "conv"
FORWARD_LISTS = ALL_LISTS / "conv_bias_relu"

DIRECTIONS = ("fprop", "dgrad", "wgrad")
TRANSPOSED = {"fprop": "dgrad", "dgrad": "fprop", "wgrad": "wgrad"}


@dataclass(frozen=True)
class Step:
    """A network on a batch: a training step, or a forward pass."""

    list: str
    network: Network
    batch: int
    dtype: str
    layout: str

    @property
    def axes(self) -> int:
        """Spatial axes."""
        return len(self.layout) - len("nc")


@dataclass(frozen=True)
class Row:
    """A problem, `times` in a step."""

    name: str
    problem: str
    times: int
    origin: str


STEPS = (
    Step("resnet50", RESNET50, 32, "f32", "nchw"),
    Step("resnet50_b8", RESNET50, 8, "f32", "nchw"),
    Step("resnet50_bf16", RESNET50, 32, "bf16", "nhwc"),
    Step("mobilenet_v2", MOBILENET_V2, 32, "f32", "nchw"),
    Step("unet", UNET, 4, "f32", "nchw"),
    Step("unet_3d", UNET_3D, 1, "f32", "ncdhw"),
    Step("wav2vec2", WAV2VEC2, 8, "f32", "ncw"),
    Step("retinanet_head", RETINANET_HEAD, 8, "f32", "nchw"),
)

FORWARD = (
    Step("vgg16", VGG16, 8, "f32", "nchw"),
    Step("resnet50_b1", RESNET50, 1, "f32", "nchw"),
    Step("resnet50_bf16", RESNET50, 32, "bf16", "nhwc"),
)


def rows(step: Step) -> list[Row]:
    """The problems of a step, each once: all forward, then all gradients to data, to weights."""
    found: dict[str, list[tuple[Layer, str]]] = {}
    for direction in DIRECTIONS:
        skipped = 1 if direction == "dgrad" and step.network.reads_data else 0
        for layer in step.network.layers[skipped:]:
            found.setdefault(problem_id(step, layer, direction), []).append((layer, direction))
    return [_row(step, problem, same) for problem, same in found.items()]


def forward_rows(step: Step) -> list[Row]:
    """The layers of a forward pass that end in relu, equal ones once."""
    found: dict[str, list[tuple[Layer, str]]] = {}
    for layer in step.network.layers:
        if layer.relu:
            problem = f"conv_bias_relu/{step.dtype}/{step.layout}/{_sizes(step, layer)}"
            found.setdefault(problem, []).append((layer, "fprop"))
    return [replace(_row(step, problem, same), name=same[0][0].name)
            for problem, same in found.items()]  # fmt: skip


def _row(step: Step, problem: str, same: list[tuple[Layer, str]]) -> Row:
    first, direction = same[0]
    origin = _arithmetic(step, first, direction)
    if len(same) > 1:
        origin += "; also " + ", ".join(layer.name for layer, _ in same[1:])
    return Row(f"{first.name}.{direction}", problem, len(same), origin)


def problem_id(step: Step, layer: Layer, direction: str) -> str:
    """The case id of a layer in its own direction."""
    computed = TRANSPOSED[direction] if layer.transposed else direction
    return f"conv/{step.dtype}/{step.layout}/{computed}/{_sizes(step, layer)}"


def _sizes(step: Step, layer: Layer) -> str:
    inputs = "".join(f"{letter}{layer.input}" for letter in "dhw"[-step.axes :])
    filters = "".join(f"{letter}{layer.filter}" for letter in "trs"[-step.axes :])
    text = f"n{step.batch}c{layer.c}{inputs}k{layer.k}{filters}"
    if layer.stride != 1:
        text += f"/stride{_each(step, layer.stride)}"
    if layer.pad != 0:
        text += f"/pad{_each(step, layer.pad)}"
    return text + (f"/groups{layer.groups}" if layer.groups > 1 else "")


def _each(step: Step, extent: int) -> str:
    """An extent for each axis: "3x3" for two."""
    return "x".join([str(extent)] * step.axes)


def _arithmetic(step: Step, layer: Layer, direction: str) -> str:
    """What a layer makes of what, in its own words."""
    ends = [(layer.c, layer.input), (layer.k, layer.output)]
    (c, input), (k, output) = reversed(ends) if layer.transposed else ends
    words = [f"{c} -> {k} channels", f"filter {_each(step, layer.filter)}"]
    if layer.stride != 1:
        words.append(f"stride {layer.stride}")
    if layer.groups > 1:
        words.append("each channel alone" if layer.groups == c else f"{layer.groups} groups")
    words.append(f"{_each(step, input)} -> {_each(step, output)}")
    text = ", ".join(words)
    if layer.transposed:
        text = f"transposed, {text}: the {TRANSPOSED[direction]} of the convolution {k} -> {c}"
    return f"{text}; {layer.note}" if layer.note else text


def text_of(step: Step) -> str:
    """The list file of a step."""
    net = step.network
    comments = (
        f"pass: one {net.title} training step (batch {step.batch})",
        f"Its convolutions in {step.layout.upper()}. {net.source}.",
    )
    return _text(comments, rows(step))


def forward_text(step: Step) -> str:
    """The list file of a forward pass, which it says to be where all layers end in relu."""
    net = step.network
    title = f"{net.title} forward pass (batch {step.batch})"
    whole = all(layer.relu for layer in net.layers)
    comments = (
        f"pass: one {title}" if whole else f"Of one {title} the layers that relu follows at once.",
        f"Convolution, bias and relu as one, in {step.layout.upper()}. {net.source}.",
    )
    return _text(comments, forward_rows(step))


def _text(comments: Iterable[str], rows: Iterable[Row]) -> str:
    out = io.StringIO()
    written = "Written by operations/networks/convolution_lists.py, which says how: do not edit."
    out.writelines(f"# {comment}\n" for comment in (*comments, written))
    table = csv.writer(out, lineterminator="\n")
    table.writerow(("name", "problem", "multiplicity", "origin"))
    table.writerows((row.name, row.problem, row.times, row.origin) for row in rows)
    return out.getvalue()


@dataclass(frozen=True)
class Geometry:
    """One geometry in all three directions; `sizes` are the last parts of a case id."""

    name: str
    form: str  # dtype and layout
    sizes: str
    words: str


# Each is small: what can go wrong at edges goes wrong in small ones too.
TORTURE = tuple(Geometry(*fields) for fields in (
    ("odd", "f32/nchw", "n3c5h7w11k9r3s3/pad1x1", "odd sizes"),
    ("primes", "f32/nchw", "n2c13h17w19k11r3s3/pad1x1", "prime sizes and channels"),
    ("many_channels", "f32/nchw", "n1c259h3w3k17r3s3/pad1x1", "far more channels than pixels"),
    ("many_pixels", "f32/nchw", "n1c2h61w67k3r3s3", "far more pixels than channels"),
    ("one_channel", "f32/nchw", "n2c1h15w15k8r5s5/pad2x2", "C = 1"),
    ("one_filter", "f32/nhwc", "n2c8h15w15k1r3s3/pad1x1", "K = 1"),
    ("one_of_all", "f32/nchw", "n1c1h1w1k1r1s1", "every size 1"),
    ("one_pixel", "f32/nchw", "n4c33h1w1k47r1s1", "1-pixel images"),
    ("one_pixel_padded", "f32/nhwc", "n3c16h1w1k16r3s3/pad1x1", "only the middle tap meets it"),
    ("one_row", "f32/nchw", "n2c7h1w33k5r1s5/pad0x2", "H = 1"),
    ("filter_is_input", "f32/nchw", "n2c6h9w7k5r9s7", "filter as large as the input"),
    ("filter_beyond_input", "f32/nchw", "n1c5h4w4k6r7s7/pad3x3", "filter beyond the input"),
    ("even_filter", "f32/nchw", "n2c5h11w12k6r2s4/pad1x2", "even filter"),
    ("stride_beyond_filter", "f32/nchw", "n2c8h13w14k8r2s2/stride3x3", "skips pixels"),
    ("stride_of_1x1", "f32/nhwc", "n2c17h9w9k12r1s1/stride2x2", "skips pixels"),
    ("stride_unequal", "f32/nchw", "n2c4h11w14k6r3s3/stride2x3/pad1x0", "leaves a rest unread"),
    ("stride_once", "f32/nchw", "n1c5h8w8k4r3s3/stride50x50", "stride beyond the input"),
    ("pad_beyond_half", "f32/nchw", "n2c4h8w8k5r3s3/pad2x2", "padding > half of the filter"),
    ("pad_as_filter", "f32/nchw", "n2c4h6w6k5r3s3/pad3x3", "outputs of padding alone"),
    ("pad_beyond_filter", "f32/nhwc", "n1c3h5w5k4r3s3/pad5x4", "outputs of padding alone"),
    ("pad_of_1x1", "f32/nchw", "n2c8h7w7k9r1s1/stride2x2/pad3x3", "padding of a 1x1"),
    ("pad_after", "f32/nchw", "n2c5h9w10k6r3s3/stride2x2/pad0-1x0-1", "TensorFlow's SAME"),
    ("pad_unequal", "f32/nhwc", "n2c5h9w10k6r4s4/pad2-1x1-2", "asymmetric padding"),
    ("dilation", "f32/nhwc", "n2c4h13w12k5r3s3/pad2x2/dilation2x2", "dilation"),
    ("dilation_stride", "f32/nchw", "n2c4h15w17k5r3s3/stride2x2/pad2x2/dilation2x2",
     "dilation with the same stride"),
    ("dilation_coprime", "f32/nchw", "n1c3h19w23k4r3s3/stride2x3/pad4x3/dilation3x2",
     "dilation and stride coprime"),
    ("dilation_beyond_input", "f32/nchw", "n1c4h5w5k4r3s3/pad6x6/dilation6x6",
     "only the middle tap meets the image"),
    ("groups", "f32/nchw", "n2c12h8w9k20r3s3/pad1x1/groups4", "groups of 3 channels and 5 filters"),
    ("groups_nhwc", "f32/nhwc", "n2c12h13w11k20r3s3/pad2x2/dilation2x2/groups4",
     "groups of 3 channels and 5 filters, dilation"),
    ("groups_to_one", "f32/nchw", "n2c12h9w9k3r3s3/groups3", "groups of one filter"),
    ("depthwise", "f32/nchw", "n2c19h12w13k19r3s3/pad1x1/groups19", "depthwise"),
    ("depthwise_stride", "f32/nhwc", "n2c33h14w15k33r5s5/stride2x2/pad2x2/groups33", "depthwise"),
    ("depthwise_multiplied", "f32/nchw", "n2c7h11w9k21r3s3/pad1x1/groups7", "three per channel"),
    ("line", "f32/ncw", "n3c7w101k5s9/stride4/pad4", "1D"),
    ("line_even", "f32/nwc", "n2c12w50k12s16/pad8/groups4", "1D, even filter"),
    ("line_causal", "f32/ncw", "n2c6w64k6s3/pad8-0/dilation4", "1D, padding before alone"),
    ("volume", "f32/ncdhw", "n1c3d5h6w7k4t3r3s3/pad1x1x1", "3D"),
    ("volume_stride", "f32/ndhwc", "n2c4d7h9w8k5t3r2s3/stride2x2x2/pad1x0x1", "3D"),
    ("volume_unequal", "f32/ncdhw",
     "n1c6d9h8w9k6t3r3s2/stride1x2x1/pad2x1x0-1/dilation2x1x2/groups2",
     "3D, all at once"),
    ("bf16", "bf16/nchw", "n2c17h9w11k13r3s3/pad1x1", "odd channels"),
    ("bf16_nhwc", "bf16/nhwc", "n1c24h9w9k40r3s3/pad1x1", "channels in eights"),
    ("bf16_depthwise", "bf16/nhwc", "n2c21h10w9k21r3s3/stride2x2/pad1x1/groups21", "depthwise"),
    ("f16", "f16/nchw", "n2c10h13w9k14r3s3/stride2x2/pad1x1", "odd sizes"),
    ("f16_nhwc", "f16/nhwc", "n3c37h5w7k29r1s1", "prime channels"),
    ("f64", "f64/nchw", "n2c7h9w8k6r3s3/pad1x1", "odd sizes"),
    ("f64_nhwc", "f64/nhwc", "n2c5h11w12k7r3s5/stride2x1/pad1x2/dilation2x1", "unequal axes"),
))  # fmt: skip


def torture_text() -> str:
    """The list file of odd geometries."""
    comment = "Geometries at the edges of what a convolution is: each small, in all directions."
    return _text([comment], [
        Row(f"{one.name}.{direction}", f"conv/{one.form}/{direction}/{one.sizes}", 1, one.words)
        for one in TORTURE for direction in DIRECTIONS
    ])  # fmt: skip


def main() -> None:
    """Writes all lists."""
    for step in STEPS:
        (LISTS / f"{step.list}.csv").write_text(text_of(step))
    for step in FORWARD:
        (FORWARD_LISTS / f"{step.list}.csv").write_text(forward_text(step))
    (LISTS / "torture.csv").write_text(torture_text())


if __name__ == "__main__":
    main()
