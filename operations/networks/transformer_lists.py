"""The GEMMs of a forward pass through known transformers, as problem lists.

    python3 operations/networks/transformer_lists.py

writes operations/lists/gemm/<list>.csv for each pass in PASSES; a test compares. The dimensions are
those of the published configurations; the rows follow from them:

- A weight is stored (out, in), as torch.nn.Linear has it, and activations are (tokens, in): every
  projection is NT with M = tokens, N = out, K = in. (GPT-2's own checkpoints store (in, out);
  nanoGPT and llm.c turn them round.) Projections that read the same activations are one GEMM, as
  serving engines and fused modules have them: Q, K and V; gate and up.
- Attention's scores are Q·Kᵀ (NT) and its values P·V (NN), one GEMM per sequence and head. Where
  several query heads share a key/value head (grouped queries), they are stacked: one GEMM per
  key/value head with M = query heads per key/value head x queries, so that K and V are read once.
  Causal attention is counted in full, as a plain batched GEMM computes it before the mask.
- Embeddings, norms, softmax, biases and activations are no GEMMs and are left out.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from pathlib import Path

LISTS = Path(__file__).resolve().parents[1] / "lists" / "gemm"


@dataclass(frozen=True)
class Transformer:
    """Dimensions of a network."""

    title: str
    source: str  # of the dimensions
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head: int  # extent of one head
    ffn: int
    gated: bool  # the feed-forward part multiplies two projections: gate and up
    vocabulary: int
    transform: bool = False  # a hidden x hidden projection stands before the logits


@dataclass(frozen=True)
class Pass:
    """One forward pass: `queries` tokens of each of `batch` sequences, attending to `keys`."""

    list: str
    network: Transformer
    words: str
    batch: int
    queries: int
    keys: int
    logits: int  # tokens of each sequence whose logits are computed
    dtypes: tuple[str, ...]


@dataclass(frozen=True)
class Gemm:
    """C (M x N) = A·B, `batch` times over; `times` such calls in a pass."""

    name: str
    layout: str
    batch: int
    m: int
    n: int
    k: int
    times: int
    origin: str

    @property
    def sizes(self) -> str:
        """The last parts of a case id."""
        batch = f"b{self.batch}" if self.batch > 1 else ""
        return f"{self.layout}/{batch}m{self.m}n{self.n}k{self.k}"


BERT_BASE = Transformer(
    "BERT-base", "Hugging Face bert-base-uncased config.json, masked-language head",
    layers=12, hidden=768, heads=12, kv_heads=12, head=64, ffn=3072, gated=False,
    vocabulary=30522, transform=True,
)  # fmt: skip
GPT2 = Transformer(
    "GPT-2 124M", "Hugging Face gpt2 config.json",
    layers=12, hidden=768, heads=12, kv_heads=12, head=64, ffn=3072, gated=False,
    vocabulary=50257,
)  # fmt: skip
LLAMA3_8B = Transformer(
    "Llama-3 8B", "Meta-Llama-3-8B params.json",
    layers=32, hidden=4096, heads=32, kv_heads=8, head=128, ffn=14336, gated=True,
    vocabulary=128256,
)  # fmt: skip

PASSES = (
    Pass("bert_base", BERT_BASE, "8 sequences of 128 tokens, logits of all", 8, 128, 128, 128,
         ("f32", "bf16")),
    Pass("gpt2_124m", GPT2, "1 sequence of 1024 tokens, logits of all", 1, 1024, 1024, 1024,
         ("f32", "bf16")),
    Pass("llama3_8b_prefill", LLAMA3_8B, "a prompt of 512 tokens, logits of the last", 1, 512, 512,
         1, ("bf16",)),
    Pass("llama3_8b_decode", LLAMA3_8B, "the next token of 1 sequence after 2047 others", 1, 1,
         2048, 1, ("bf16",)),
)  # fmt: skip


def gemms(forward: Pass) -> list[Gemm]:
    """The GEMMs of a pass in their order, each problem once."""
    net, batch = forward.network, forward.batch
    all_tokens, last_tokens = (batch, forward.queries), (batch, forward.logits)
    hidden, q, kv = net.hidden, net.heads * net.head, net.kv_heads * net.head
    split = f"3 x {q}" if q == kv else f"{q} + 2 x {kv}"
    up, ups = ("ffn_gate_up", 2) if net.gated else ("ffn_up", 1)
    wide = f"{ups} x {net.ffn}" if net.gated else f"{net.ffn}"
    found = [
        _projection("attention_qkv", all_tokens, hidden, q + 2 * kv, f"hidden {hidden} -> {split}"),
        _attention(forward, "attention_scores", "nt", forward.keys, net.head),
        _attention(forward, "attention_values", "nn", net.head, forward.keys),
        _projection("attention_output", all_tokens, q, hidden,
                    f"heads {net.heads} x {net.head} -> hidden {hidden}"),
        _projection(up, all_tokens, hidden, ups * net.ffn, f"hidden {hidden} -> {wide}"),
        _projection("ffn_down", all_tokens, net.ffn, hidden, f"{net.ffn} -> hidden {hidden}"),
    ]  # fmt: skip
    found = [replace(one, times=net.layers) for one in found]
    if net.transform:
        words = f"hidden {hidden} -> {hidden}"
        found.append(_projection("head_transform", last_tokens, hidden, hidden, words))
    words = f"hidden {hidden} -> vocabulary {net.vocabulary}"
    found.append(_projection("logits", last_tokens, hidden, net.vocabulary, words))
    return _merged(found)


def _projection(name: str, tokens: tuple[int, int], inner: int, out: int, words: str) -> Gemm:
    """A weight (out, inner) on `tokens`: sequences and tokens of each."""
    batch, each = tokens
    origin = f"{batch} x {_counted(each, 'token', 'tokens')}, {words}"
    return Gemm(name, "nt", 1, batch * each, out, inner, 1, origin)


def _attention(forward: Pass, name: str, layout: str, n: int, k: int) -> Gemm:
    """One product of attention, for each sequence and key/value head."""
    net, batch = forward.network, forward.batch
    group = net.heads // net.kv_heads
    heads, rows = "heads", _counted(forward.queries, "query", "queries")
    if group > 1:
        heads, rows = "KV heads", f"{group} query heads x {rows}"
    origin = f"{batch} x {net.kv_heads} {heads}, {rows}, {forward.keys} keys of {net.head}"
    return Gemm(name, layout, batch * net.kv_heads, group * forward.queries, n, k, 1, origin)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _merged(found: list[Gemm]) -> list[Gemm]:
    """Problems of the same sizes as one row, their multiplicities added."""
    rows: dict[str, Gemm] = {}
    for one in found:
        same = rows.get(one.sizes)
        if same is None:
            rows[one.sizes] = one
            continue
        origin = f"{same.origin} ({same.times} times); {one.name}: {one.origin}"
        rows[one.sizes] = replace(same, times=same.times + one.times, origin=origin)
    return list(rows.values())


def text_of(forward: Pass) -> str:
    """The list file of a pass."""
    net = forward.network
    out = io.StringIO()
    out.write(f"# pass: one {net.title} forward pass ({forward.words})\n")
    out.write(f"# Its GEMMs. {_dimensions(net)}\n# ({net.source}).\n")
    out.write(
        "# Written by operations/networks/transformer_lists.py, which says how: do not edit.\n"
    )
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(("name", "problem", "multiplicity", "origin"))
    for dtype in forward.dtypes:
        for one in gemms(forward):
            name = one.name if len(forward.dtypes) == 1 else f"{one.name}_{dtype}"
            rows.writerow((name, f"gemm/{dtype}/{one.sizes}", one.times, one.origin))
    return out.getvalue()


def _dimensions(net: Transformer) -> str:
    heads = f"{net.heads} heads of {net.head}"
    if net.kv_heads != net.heads:
        heads += f" ({net.kv_heads} for keys and values)"
    ffn = f"feed-forward {net.ffn}" + (" (gated)" if net.gated else "")
    return f"{net.layers} layers, hidden {net.hidden}, {heads}, {ffn}, vocabulary {net.vocabulary}"


def main() -> None:
    """Writes all lists."""
    for forward in PASSES:
        (LISTS / f"{forward.list}.csv").write_text(text_of(forward))


if __name__ == "__main__":
    main()
