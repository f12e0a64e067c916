"""The convolutions of known networks, with the published dimensions.

Biases, norms, activations, pooling and dense layers are no convolutions and are left out.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    """A convolution, with the same extents along all its spatial axes.

    A transposed one has the sizes of the convolution that it is the transpose of: it reads that
    one's output, of k channels, and writes that one's input, of c channels.
    """

    name: str
    c: int
    k: int
    input: int
    filter: int
    stride: int = 1
    pad: int = 0
    groups: int = 1
    transposed: bool = False
    relu: bool = False  # follows at once, a batch norm in between at most
    note: str = ""

    @property
    def output(self) -> int:
        """Extent of its output."""
        return (self.input + 2 * self.pad - self.filter) // self.stride + 1


@dataclass(frozen=True)
class Network:
    """Its convolutions in the order of a forward pass."""

    title: str
    source: str  # of the dimensions
    layers: tuple[Layer, ...]
    reads_data: bool = True  # the first layer does: no gradient goes there


def resnet50() -> tuple[Layer, ...]:
    """Bottlenecks of 1x1, 3x3 and 1x1; v1.5 halves the image in the 3x3."""
    layers = [Layer("conv1", 3, 64, 224, 7, stride=2, pad=3, relu=True)]
    c, size = 64, 56  # behind the pooling
    for stage, (blocks, width) in enumerate(((3, 64), (4, 128), (6, 256), (3, 512)), start=1):
        for block in range(blocks):
            name, stride = f"layer{stage}.{block}", 2 if block == 0 and stage > 1 else 1
            middle = Layer(f"{name}.conv2", width, width, size, 3, stride, pad=1, relu=True)
            layers += [
                Layer(f"{name}.conv1", c, width, size, 1, relu=True),
                middle,
                Layer(f"{name}.conv3", width, 4 * width, middle.output, 1),
            ]
            if block == 0:
                layers.append(Layer(f"{name}.downsample.0", c, 4 * width, size, 1, stride=stride))
            c, size = 4 * width, middle.output
    return tuple(layers)


def vgg16() -> tuple[Layer, ...]:
    """3x3 throughout, each with a bias and relu; pooling halves the image between stages."""
    layers: list[Layer] = []
    c, size, index = 3, 224, 0
    for k, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            layers.append(Layer(f"features.{index}", c, k, size, 3, pad=1, relu=True))
            c, index = k, index + 2  # relu is a layer of its own there
        size, index = size // 2, index + 1
    return tuple(layers)


def mobilenet_v2() -> tuple[Layer, ...]:
    """Blocks that expand with 1x1, filter each channel by itself, and project with 1x1."""
    layers = [Layer("features.0.0", 3, 32, 224, 3, stride=2, pad=1)]
    c, size, index = 32, 112, 1
    for expansion, k, blocks, first_stride in (
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
        (6, 320, 1, 1),
    ):  # fmt: skip
        for stride in (first_stride, *[1] * (blocks - 1)):
            block, wide = f"features.{index}.conv", expansion * c
            depthwise, project = ("0.0", "1") if expansion == 1 else ("1.0", "2")
            if expansion > 1:
                layers.append(Layer(f"{block}.0.0", c, wide, size, 1))
            each = Layer(f"{block}.{depthwise}", wide, wide, size, 3, stride, pad=1, groups=wide)
            layers += [each, Layer(f"{block}.{project}", wide, k, each.output, 1)]
            c, size, index = k, each.output, index + 1
    layers.append(Layer(f"features.{index}.0", c, 1280, size, 1))
    return tuple(layers)


def unet(
    levels: tuple[tuple[int, int], ...], size: int, labels: int, up_narrows: bool
) -> tuple[Layer, ...]:
    """Two 3x3 per level down, and up again; `levels`: the channels of those two, going down.

    The up-convolution either narrows to the channels of its level or leaves that to the 3x3.
    """
    layers: list[Layer] = []
    c = 1
    for level, (inner, outer) in enumerate(levels):
        layers += _two(f"enc{level + 1}", (c, inner, outer), size >> level)
        c = outer
    for level in reversed(range(len(levels) - 1)):
        own = levels[level][1]
        up = own if up_narrows else c
        layers.append(Layer(f"up{level + 1}", up, c, size >> level, 2, stride=2, transposed=True))
        layers += _two(f"dec{level + 1}", (own + up, own, own), size >> level)
        c = own
    return (*layers, Layer("out", c, labels, size, 1))


def _two(name: str, channels: tuple[int, int, int], size: int) -> list[Layer]:
    """Two 3x3 with these channels before, between and behind."""
    before, between, behind = channels
    return [
        Layer(f"{name}.conv1", before, between, size, 3, pad=1),
        Layer(f"{name}.conv2", between, behind, size, 3, pad=1),
    ]


def wav2vec2() -> tuple[Layer, ...]:
    """The encoder of the waveform, and the transformer's embedding of positions."""
    layers: list[Layer] = []
    c, size = 1, 16000
    filters, strides = (10, 3, 3, 3, 3, 2, 2), (5, 2, 2, 2, 2, 2, 2)
    for index, (filter, stride) in enumerate(zip(filters, strides, strict=True)):
        layers.append(Layer(f"conv_layers.{index}", c, 512, size, filter, stride))
        c, size = 512, layers[-1].output
    note = "an even filter gives one output more, which the network drops"
    return (*layers, Layer("pos_conv", 768, 768, size, 128, pad=64, groups=16, note=note))


def retinanet_head() -> tuple[Layer, ...]:
    """On each level of the pyramid two subnets of four 3x3 and a last one; weights are shared."""
    layers: list[Layer] = []
    for level, size in zip(range(3, 8), (80, 40, 20, 10, 5), strict=True):
        for subnet, last, channels in (("cls", "cls_logits", 9 * 80), ("box", "bbox_reg", 9 * 4)):
            for index in range(4):
                layers.append(Layer(f"p{level}.{subnet}.conv{index}", 256, 256, size, 3, pad=1))
            layers.append(Layer(f"p{level}.{last}", 256, channels, size, 3, pad=1))
    return tuple(layers)


VGG16 = Network("VGG-16", "224x224 images (torchvision vgg16)", vgg16())
RESNET50 = Network(
    "ResNet-50 v1.5",
    "224x224 images, stride 2 in the 3x3 of a stage's first block (torchvision resnet50)",
    resnet50(),
)
MOBILENET_V2 = Network(
    "MobileNetV2", "224x224 images (Sandler 2018, layers as in torchvision mobilenet_v2)",
    mobilenet_v2(),
)  # fmt: skip
UNET = Network(
    "U-Net", "256x256 images of 1 channel, 5 levels from 64 channels on, 2 labels"
    " (Ronneberger 2015, with padding 1)",
    unet(tuple((64 << level, 64 << level) for level in range(5)), 256, 2, up_narrows=True),
)  # fmt: skip
UNET_3D = Network(
    "3D U-Net", "64x64x64 voxels of 1 channel, 4 levels from 32 channels on, 3 labels"
    " (Cicek 2016, with padding 1)",
    unet(tuple((32 << level, 64 << level) for level in range(4)), 64, 3, up_narrows=False),
)  # fmt: skip
WAV2VEC2 = Network(
    "wav2vec 2.0 BASE", "1 s of audio, 16000 samples; the feature encoder and the positional"
    " convolution (Baevski 2020)",
    wav2vec2(),
)  # fmt: skip
RETINANET_HEAD = Network(
    "RetinaNet's head", "640x640 images: P3 ... P7 of 80 ... 5 pixels, 9 anchors, 80 classes"
    " (Lin 2017)",
    retinanet_head(), reads_data=False,
)  # fmt: skip
