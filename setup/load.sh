# shellcheck shell=bash
# Loads the parts of the front door, for the script that set `top` to the top of the source tree.

deps=$top/.deps
venv=$top/.venv
pytorch_venv=$top/.venv-pytorch
front=./breakeven
# shellcheck source=setup/messages.sh
. "$top/setup/messages.sh"
# shellcheck source=setup/options.sh
. "$top/setup/options.sh"
# shellcheck source=setup/help.sh
. "$top/setup/help.sh"
# shellcheck source=setup/packages.sh
. "$top/setup/packages.sh"
# shellcheck source=setup/unpack.sh
. "$top/setup/unpack.sh"
# shellcheck source=setup/python.sh
. "$top/setup/python.sh"
# shellcheck source=setup/cuda.sh
. "$top/setup/cuda.sh"
# shellcheck source=setup/compile.sh
. "$top/setup/compile.sh"
# shellcheck source=setup/measure.sh
. "$top/setup/measure.sh"
# shellcheck source=setup/ab.sh
. "$top/setup/ab.sh"
# shellcheck source=setup/commands.sh
. "$top/setup/commands.sh"
# shellcheck source=setup/test.sh
. "$top/setup/test.sh"
# shellcheck source=setup/bundle.sh
. "$top/setup/bundle.sh"

# version: the project's, which CMakeLists.txt holds.
version() { sed -nE 's/^project\(breakeven VERSION ([0-9.]+).*/\1/p' "$top/CMakeLists.txt"; }
