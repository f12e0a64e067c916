"""What PyTorch finds in a run file."""

import pytest

from pytorch.__main__ import main
from pytorch.cases import RunFileError, read_run_file
from synthetic_run import Synthetic


def test_whole_networks_are_found_with_their_threads_and_ceilings(make_run):
    file = read_run_file(make_run())
    assert [(c.training, c.network, c.batch) for c in file.cases] == [
        (True, "mlp_8x8", 4),
        (False, "cnn_8x8", 1),
    ]
    for case in file.cases:
        assert case.threads == {1, 2}
        assert case.on_cuda, "its rows are skipped, and PyTorch's will say why"
    assert file.ceilings[("cpu", 2)] == 2 * file.ceilings[("cpu", 1)]


def test_what_nobody_measured_is_left_out(make_run):
    path = make_run()
    path.write_text(path.read_text().replace('"status": "ok"', '"status": "failed"'))
    assert read_run_file(path).cases == []


def test_a_run_without_networks_is_left_as_it_is(make_run, capsys):
    path = make_run(Synthetic(gpu=False, squares=[32]).rows())
    before = path.read_bytes()
    assert main([str(path)]) == 0
    assert "no whole network was measured" in capsys.readouterr().err
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text[:-20], "no run file to append to"),
        (lambda text: text.split("\n", 1)[1].replace('"run"', '"walk"'), "it has no run row"),
        (lambda text: text.replace('"fill": "normal"', '"fill": "zeros"'), "its inputs are zeros"),
    ],
)
def test_other_files_are_refused_in_one_line(make_run, capsys, change, says):
    path = make_run()
    path.write_text(change(path.read_text()))
    with pytest.raises(RunFileError, match=says):
        read_run_file(path)
    assert main([str(path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_bad_filter_is_refused_in_one_line(make_run, capsys):
    assert main([str(make_run()), "--filter", "("]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
