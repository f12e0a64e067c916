"""The lists of convolutions: what the script writes, and arithmetic that anyone can check."""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import pytest

from convolution_lists import (
    DIRECTIONS,
    FORWARD,
    FORWARD_LISTS,
    LISTS,
    STEPS,
    Step,
    forward_rows,
    forward_text,
    rows,
    text_of,
    torture_text,
)
from convolution_networks import (
    MOBILENET_V2,
    RESNET50,
    RETINANET_HEAD,
    UNET,
    UNET_3D,
    VGG16,
    WAV2VEC2,
    Network,
)

BY_NAME = {step.list: step for step in STEPS}
ALL = sorted(path.stem for path in LISTS.glob("*.csv"))
ID = re.compile(
    r"conv/(?P<dtype>f32|f64|bf16|f16)/(?P<layout>ncw|nwc|nchw|nhwc|ncdhw|ndhwc)"
    r"/(?P<direction>fprop|dgrad|wgrad)/n(?P<n>\d+)c(?P<c>\d+)(?P<input>([dhw]\d+)+)"
    r"k(?P<k>\d+)(?P<filter>([trs]\d+)+)"
    r"(/stride(?P<stride>[\dx]+))?(/pad(?P<pad>[\dx-]+))?(/dilation(?P<dilation>[\dx]+))?"
    r"(/groups(?P<groups>\d+))?"
)


@dataclass(frozen=True)
class Problem:
    """What an id says, read without the script's help."""

    parts: dict[str, str]
    input: list[int]
    filter: list[int]
    stride: list[int]
    pad: list[tuple[int, int]]
    dilation: list[int]
    groups: int

    @property
    def c(self) -> int:
        return int(self.parts["c"])

    @property
    def k(self) -> int:
        return int(self.parts["k"])

    @property
    def output(self) -> list[int]:
        spans = [d * (f - 1) + 1 for f, d in zip(self.filter, self.dilation, strict=True)]
        axes = zip(self.input, self.pad, spans, self.stride, strict=True)
        return [(x + sum(pad) - span) // stride + 1 for x, pad, span, stride in axes]

    @property
    def nominal_flops(self) -> int:
        products = int(self.parts["n"]) * self.k * (self.c // self.groups)
        return 2 * products * math.prod(self.filter) * math.prod(self.output)


def problem(text: str) -> Problem:
    found = ID.fullmatch(text)
    assert found, text
    parts = found.groupdict()
    extents, filters = (re.findall(r"\d+", parts[name]) for name in ("input", "filter"))
    ones, zeros = "x".join("1" * len(extents)), "x".join("0" * len(extents))
    padding = [one.split("-") for one in (parts["pad"] or zeros).split("x")]
    return Problem(
        parts, [int(one) for one in extents], [int(one) for one in filters],
        [int(one) for one in (parts["stride"] or ones).split("x")],
        [(int(one[0]), int(one[-1])) for one in padding],
        [int(one) for one in (parts["dilation"] or ones).split("x")],
        int(parts["groups"] or 1),
    )  # fmt: skip


def read(name: str) -> list[dict[str, str]]:
    lines = (LISTS / f"{name}.csv").read_text().splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


@pytest.mark.parametrize("step", STEPS, ids=BY_NAME)
def test_list_is_what_the_script_writes(step: Step) -> None:
    assert (LISTS / f"{step.list}.csv").read_text() == text_of(step)


@pytest.mark.parametrize("step", FORWARD, ids=[step.list for step in FORWARD])
def test_forward_list_is_what_the_script_writes(step: Step) -> None:
    assert (FORWARD_LISTS / f"{step.list}.csv").read_text() == forward_text(step)


def test_forward_passes_have_the_layers_that_end_in_relu() -> None:
    of = {step.list: step for step in FORWARD}
    vgg16, resnet50 = forward_rows(of["vgg16"]), forward_rows(of["resnet50_b1"])
    assert sum(row.times for row in vgg16) == len(VGG16.layers) == 13
    # conv1 and the first two of 16 blocks; the third and the shortcut are added up before relu.
    assert sum(row.times for row in resnet50) == 1 + 2 * 16
    assert not any("conv3" in row.name or "downsample" in row.name for row in resnet50)
    trained = {row.problem for row in rows(BY_NAME["resnet50"])}
    for row in resnet50:
        same = row.problem.replace("conv_bias_relu/f32/nchw/n1c", "conv/f32/nchw/fprop/n32c")
        assert same in trained, row
    assert forward_text(of["vgg16"]).startswith("# pass: one VGG-16 forward pass (batch 8)")
    assert "# pass:" not in forward_text(of["resnet50_b1"])


def test_vgg16_has_its_published_parameters() -> None:
    dense = (512 * 7 * 7 + 1) * 4096 + (4096 + 1) * 4096 + (4096 + 1) * 1000
    assert weights(VGG16, 2) + channels(VGG16) + dense == 138_357_544  # torchvision
    sizes = {(one.input, one.output) for one in VGG16.layers}
    assert sizes == {(size, size) for size in (224, 112, 56, 28, 14)}


def test_torture_is_what_the_script_writes() -> None:
    assert (LISTS / "torture.csv").read_text() == torture_text()


@pytest.mark.parametrize("name", ALL)
def test_rows_are_canonical_and_unique(name: str) -> None:
    found = read(name)
    assert len({row["name"] for row in found}) == len({row["problem"] for row in found})
    assert len({row["name"] for row in found}) == len(found)
    for row in found:
        one, parts = problem(row["problem"]), problem(row["problem"]).parts
        axes = parts["layout"].replace("n", "").replace("c", "")
        assert re.sub(r"\d", "", parts["input"]) == axes, row
        assert re.sub(r"\d", "", parts["filter"]) == "trs"[-len(axes) :], row
        assert {len(part) for part in (one.stride, one.pad, one.dilation)} == {len(axes)}, row
        for part, default in (("stride", "1"), ("pad", "0"), ("dilation", "1"), ("groups", "1")):
            assert parts[part] is None or set(parts[part].split("x")) != {default}, row
        assert all(pad != f"{same}-{same}" for pad in (parts["pad"] or "").split("x")
                   for same in pad.split("-")[:1]), row  # fmt: skip
        assert min(*one.input, *one.filter, *one.output, one.c, one.k) >= 1, row
        assert one.c % one.groups == one.k % one.groups == 0, row
        assert re.fullmatch(r"[A-Za-z0-9._-]+\.(fprop|dgrad|wgrad)", row["name"]), row
        assert int(row["multiplicity"]) >= 1, row
        assert row["origin"], row


def weights(network: Network, axes: int) -> int:
    return sum(one.k * (one.c // one.groups) * one.filter**axes for one in network.layers)


def channels(network: Network) -> int:
    """Of all outputs: a norm has two parameters for each, a bias one."""
    return sum(one.k for one in network.layers)


def macs(step: Step, direction: str) -> int:
    """Multiply-adds of one image."""
    found = [one for one in rows(step) if one.name.endswith(direction)]
    return sum(problem(one.problem).nominal_flops * one.times for one in found) // 2 // step.batch


def test_resnet50_has_its_published_parameters_and_operations() -> None:
    stages = ((3, 64, 64), (4, 128, 256), (6, 256, 512), (3, 512, 1024))
    first = sum(c * w + 9 * w * w + 4 * w * w + 4 * w * c for _, w, c in stages)
    others = sum((blocks - 1) * (4 + 9 + 4) * w * w for blocks, w, _ in stages)
    assert weights(RESNET50, 2) == 3 * 64 * 49 + first + others == 23_454_912
    norms, dense = 2 * channels(RESNET50), 2048 * 1000 + 1000
    assert weights(RESNET50, 2) + norms + dense == 25_557_032  # torchvision
    for name in ("resnet50", "resnet50_b8", "resnet50_bf16"):
        assert macs(BY_NAME[name], "fprop") + 2048 * 1000 == 4_089_184_256


def test_mobilenet_v2_has_its_published_parameters_and_operations() -> None:
    norms, dense = 2 * channels(MOBILENET_V2), 1280 * 1000 + 1000
    assert weights(MOBILENET_V2, 2) + norms + dense == 3_504_872  # torchvision
    assert weights(MOBILENET_V2, 2) == 2_189_760
    assert macs(BY_NAME["mobilenet_v2"], "fprop") + 1280 * 1000 == 300_774_272
    for before, after in pairwise(MOBILENET_V2.layers):
        assert (before.k, before.output) == (after.c, after.input)
    assert sum(one.groups == one.c for one in MOBILENET_V2.layers) == 17


def test_unet_has_its_published_parameters() -> None:
    down = 9 * (64 + 64**2 + sum(3 * w * w // 2 for w in (128, 256, 512, 1024)))
    up = sum(4 * 2 * w * w + 9 * (2 * w * w + w * w) for w in (512, 256, 128, 64))
    assert weights(UNET, 2) == down + up + 2 * 64 == 31_023_808
    # zhixuhao/unet: biases, and in place of the last layer a 3x3 to 2 and a 1x1 to 1 channel.
    biases = sum(one.c if one.transposed else one.k for one in UNET.layers) - 2
    assert down + up + biases + (9 * 64 * 2 + 2) + (2 + 1) == 31_031_685


def test_unet_3d_has_the_parameters_of_its_paper() -> None:
    """Whose images have 3 channels, and whose up-convolutions no bias."""
    biases = sum(one.k for one in UNET_3D.layers if not one.transposed)
    assert weights(UNET_3D, 3) + 2 * 27 * 32 + biases == 19_069_955


def test_wav2vec2_has_its_published_parameters_and_frames() -> None:
    *encoder, positions = WAV2VEC2.layers
    assert [one.output for one in encoder] == [3199, 1599, 799, 399, 199, 99, 49]
    assert (positions.input, positions.output) == (49, 50)
    assert all(before.output == after.input for before, after in pairwise(encoder))
    width, ffn = 768, 3072
    norms = 2 * 512 + 2 * 512 + 2 * width  # of the first convolution, the features, the embedding
    projection = 512 * width + width
    position = 128 + width  # a norm of its weights for each tap, and its bias
    layer = 4 * (width * width + width) + 2 * width * ffn + ffn + width + 2 * 2 * width
    others = norms + projection + position + 12 * layer + width  # the embedding of masked frames
    assert weights(WAV2VEC2, 1) + others == 94_371_712


def test_retinanet_head_has_its_published_parameters() -> None:
    """Each level has the same weights. torchvision's has 91 classes, biases, and a backbone."""
    assert len({one.name.split(".")[0] for one in RETINANET_HEAD.layers}) == 5
    head = weights(RETINANET_HEAD, 2) // 5
    assert head == 9 * 256 * (8 * 256 + 9 * 80 + 9 * 4)
    classes, biases = 9 * 256 * 9 * (91 - 80), 8 * 256 + 9 * 91 + 9 * 4
    pyramid = (512 + 1024 + 2048) * 256 + 5 * 9 * 256 * 256 + 8 * 256
    assert weights(RESNET50, 2) + pyramid + head + classes + biases == 34_014_999
    pixels = 80**2 + 40**2 + 20**2 + 10**2 + 5**2
    assert macs(BY_NAME["retinanet_head"], "fprop") == head * pixels


@pytest.mark.parametrize("step", STEPS, ids=BY_NAME)
def test_every_layer_is_in_all_directions_but_no_gradient_goes_to_the_data(step: Step) -> None:
    times = Counter()
    for row in rows(step):
        times[row.name.rpartition(".")[2]] += row.times
    layers, data = len(step.network.layers), int(step.network.reads_data)
    assert times == {"fprop": layers, "dgrad": layers - data, "wgrad": layers}
    first = step.network.layers[0]
    assert any(row.name == f"{first.name}.dgrad" for row in rows(step)) != step.network.reads_data
    assert macs(step, "wgrad") == macs(step, "fprop")


@pytest.mark.parametrize("step", STEPS, ids=BY_NAME)
def test_rows_come_by_direction_and_name_their_own(step: Step) -> None:
    found = [row.name.rpartition(".")[2] for row in rows(step)]
    assert found == sorted(found, key=DIRECTIONS.index)
    for row in rows(step):
        own, computed = row.name.rpartition(".")[2], problem(row.problem).parts["direction"]
        turned = {"fprop": "dgrad", "dgrad": "fprop"}.get(own, own)
        assert computed == (turned if row.origin.startswith("transposed") else own), row
        assert "->" in row.origin, row


def test_transposed_convolutions_are_the_gradients_of_others() -> None:
    found = {row.name: row for row in rows(BY_NAME["unet"])}
    assert found["up1.fprop"].problem == "conv/f32/nchw/dgrad/n4c64h256w256k128r2s2/stride2x2"
    assert found["up1.dgrad"].problem == "conv/f32/nchw/fprop/n4c64h256w256k128r2s2/stride2x2"
    assert found["up1.wgrad"].problem == "conv/f32/nchw/wgrad/n4c64h256w256k128r2s2/stride2x2"
    assert "transposed, 128 -> 64 channels" in found["up1.fprop"].origin
    assert "128x128 -> 256x256: the dgrad of the convolution 64 -> 128" in found["up1.fprop"].origin
    for net in (UNET, UNET_3D):
        assert all(one.input == 2 * one.output for one in net.layers if one.transposed)
        assert all(one.input == one.output for one in net.layers if not one.transposed)


def test_layers_of_the_same_problem_are_one_row() -> None:
    found = {row.name: row for row in rows(BY_NAME["resnet50"])}
    assert found["layer1.0.conv3.fprop"].times == 4
    also = "also layer1.0.downsample.0, layer1.1.conv3, layer1.2.conv3"
    assert found["layer1.0.conv3.fprop"].origin.endswith(also)
    heads = {row.name: row for row in rows(BY_NAME["retinanet_head"])}
    assert heads["p3.cls.conv0.dgrad"].times == 8


def test_a_network_in_another_form_has_the_same_rows() -> None:
    for name, form, batch in (("resnet50_b8", "f32/nchw", 8), ("resnet50_bf16", "bf16/nhwc", 32)):
        same = [row.problem.replace("f32/nchw", form).replace("/n32c", f"/n{batch}c")
                for row in rows(BY_NAME["resnet50"])]  # fmt: skip
        assert [row.problem for row in rows(BY_NAME[name])] == same


def test_torture_is_small_and_in_all_directions() -> None:
    found = read("torture")
    assert all(problem(row["problem"]).nominal_flops < 2e6 for row in found)
    names = {row["name"].rpartition(".")[0] for row in found}
    assert {row["name"] for row in found} == {f"{n}.{d}" for n in names for d in DIRECTIONS}
    assert len(names) >= 40


def test_torture_has_every_edge() -> None:
    found = [problem(row["problem"]) for row in read("torture")]
    every = [(one, axis) for one in found for axis in range(len(one.input))]
    assert len({one.parts["layout"] for one in found}) == 6
    assert len({one.parts["dtype"] for one in found}) == 4
    assert any(one.stride[i] > one.filter[i] > 1 for one, i in every)
    assert any(one.filter[i] > one.pad[i][0] > one.filter[i] // 2 for one, i in every)
    assert any(one.pad[i][0] >= one.filter[i] > 1 for one, i in every)
    assert any(one.dilation[i] > 1 < one.stride[i] for one, i in every)
    assert any(one.pad[i][0] < one.pad[i][1] for one, i in every)
    assert any(one.pad[i][0] > one.pad[i][1] for one, i in every)
    assert any(one.c // one.groups == 3 and one.groups > 1 for one in found)
    assert any(one.groups == one.c > 1 and one.k > one.c for one in found)
    assert any(set(one.input) == {1} and one.c > 1 for one in found)
    assert any(one.input == one.filter and max(one.input) > 1 for one in found)
    assert any(one.c == 1 and one.k > 1 for one in found)
    assert any(one.k == 1 and one.c > 1 for one in found)


@pytest.mark.parametrize("name", ["quick", "smoke"])
def test_presets_take_layers_of_the_networks(name: str) -> None:
    for row in read(name):
        network, _, layer = row["name"].partition(".")
        if network == "tiny":
            continue
        found = {one.name: one.problem for one in rows(BY_NAME[network])}
        assert re.sub(r"/n\d+", "", row["problem"]) == re.sub(r"/n\d+", "", found[layer])


def test_deepbench_keeps_every_row_as_multiplicity() -> None:
    found = [(row["name"], problem(row["problem"]), int(row["multiplicity"]))
             for row in read("deepbench")]  # fmt: skip
    flops, times = Counter(), Counter()
    for _, one, multiplicity in found:
        flops[one.parts["direction"]] += one.nominal_flops * multiplicity
        times[one.parts["direction"]] += multiplicity
    assert (times["fprop"], flops["fprop"]) == (217, 651_211_478_784)
    assert (times["wgrad"], flops["wgrad"]) == (94, 562_504_360_960)  # of the training set
    assert all(one.c > 3 for _, one, _ in found if one.parts["direction"] == "dgrad")
    assert all(name.startswith("train.") for name, one, _ in found
               if one.parts["direction"] != "fprop")  # fmt: skip


def test_deepbench_filters_are_as_high_and_wide_as_there() -> None:
    """Its s is the filter's width: w=700 h=161 s=20 r=5."""
    ids = {row["problem"] for row in read("deepbench")}
    assert "conv/f32/nchw/fprop/n4c1h161w700k32r5s20/stride2x2" in ids
    assert "conv/f32/nchw/dgrad/n16c2048h7w7k512r1s1/stride2x2/pad3x3" in ids
