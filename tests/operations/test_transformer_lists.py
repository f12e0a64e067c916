"""The lists of transformers: what the script writes, and arithmetic that anyone can check."""

from __future__ import annotations

import csv

import pytest

from transformer_lists import GPT2, LISTS, LLAMA3_8B, PASSES, Pass, Transformer, gemms, text_of

BY_NAME = {forward.list: forward for forward in PASSES}


@pytest.mark.parametrize("forward", PASSES, ids=BY_NAME)
def test_list_is_what_the_script_writes(forward: Pass) -> None:
    assert (LISTS / f"{forward.list}.csv").read_text() == text_of(forward)


def weights(forward: Pass) -> int:
    """Parameters of all projections: attention's products are batched and have none."""
    return sum(one.n * one.k * one.times for one in gemms(forward) if one.batch == 1)


@pytest.mark.parametrize(("name", "parameters"), [
    ("bert_base", 12 * (4 * 768 * 768 + 2 * 768 * 3072) + 768 * 768 + 30522 * 768),
    ("gpt2_124m", 12 * (4 * 768 * 768 + 2 * 768 * 3072) + 50257 * 768),
    ("llama3_8b_prefill", 32 * (2 * 4096**2 + 2 * 4096 * 1024 + 3 * 4096 * 14336) + 128256 * 4096),
])  # fmt: skip
def test_weights_are_those_of_the_network(name: str, parameters: int) -> None:
    assert weights(BY_NAME[name]) == parameters


def test_published_parameter_counts_are_met() -> None:
    """What is no projection: positions, biases and norms of GPT-2; the input embedding of Llama."""
    positions_biases_norms = 1024 * 768 + 12 * (9 * 768 + 3072 + 3 * 768) + 2 * 768
    assert abs(weights(BY_NAME["gpt2_124m"]) + positions_biases_norms - 124.44e6) < 0.05e6
    embedding_norms = 128256 * 4096 + 65 * 4096
    assert weights(BY_NAME["llama3_8b_decode"]) + embedding_norms == 8_030_261_248


def test_attention_has_the_flops_of_every_query_head() -> None:
    """Grouped queries change how often K and V are read, not the operations."""
    for forward in PASSES:
        net = forward.network
        products = [one for one in gemms(forward) if one.batch > 1]
        flops = sum(2 * one.batch * one.m * one.n * one.k * one.times for one in products)
        each_head = 2 * 2 * forward.queries * forward.keys * net.head
        assert flops == net.layers * forward.batch * net.heads * each_head
        assert {one.layout for one in products} == {"nt", "nn"}


def test_one_decode_step_reads_each_weight_for_one_token() -> None:
    rows = {one.name: one for one in gemms(BY_NAME["llama3_8b_decode"])}
    assert all(one.m == 1 for one in rows.values() if one.batch == 1)
    assert (rows["attention_scores"].batch, rows["attention_scores"].m) == (8, 4)
    assert (rows["ffn_gate_up"].n, rows["ffn_gate_up"].times) == (2 * 14336, 32)


def test_problems_of_the_same_sizes_are_one_row() -> None:
    """BERT's head has a projection of the sizes of attention's output."""
    rows = {one.name: one for one in gemms(BY_NAME["bert_base"])}
    assert rows["attention_output"].times == 13
    assert "head_transform: 8 x 128 tokens, hidden 768 -> 768" in rows["attention_output"].origin


def test_dimensions_agree_with_each_other() -> None:
    networks: list[Transformer] = [forward.network for forward in PASSES]
    for net in networks:
        assert net.heads * net.head == net.hidden
        assert net.heads % net.kv_heads == 0
    assert (GPT2.ffn, LLAMA3_8B.kv_heads) == (4 * GPT2.hidden, 8)


def test_every_row_says_its_arithmetic() -> None:
    for forward in PASSES:
        lines = text_of(forward).splitlines()
        for row in csv.DictReader(line for line in lines if not line.startswith("#")):
            assert any(word in row["origin"] for word in ("->", "keys of")), row
