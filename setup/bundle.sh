# shellcheck shell=bash
# `./breakeven bundle`: programs, CPU libraries, lists and a run script in one archive.

# make_bundle FILE: packs the build of `preset` into FILE; empty: a name of its own in the current directory.
make_bundle() {
  local file=$1 name stage part
  name=breakeven-$(version)-linux-$(uname -m)
  if [[ $preset == cuda ]]; then name+=-cuda; fi
  file=${file:-$name.tar.gz}
  stage=$(mktemp -d)
  # shellcheck disable=SC2064 # the folder of now
  trap "rm -rf '$stage'" EXIT
  quietly "Gathering the programs" cmake --install "$build" --prefix "$stage/$name" --component bundle --strip
  copy_libraries "$build" "$stage/$name"
  for part in messages options measure; do cp "$top/setup/$part.sh" "$stage/$name/share/breakeven/"; done
  install -m 755 "$top/setup/bundle_run" "$stage/$name/run"
  cp "$top/LICENSE" "$stage/$name/"
  # What the machine over there must have.
  grep -aohE 'GLIBC_2\.[0-9]+' -r "$stage/$name/bin" "$stage/$name/lib" | sed 's/GLIBC_//' | sort -Vu | tail -n 1 \
    >"$stage/$name/share/breakeven/glibc"
  if [[ $preset == cuda ]]; then "$CUDACXX" --version | sed -nE 's/.*release ([0-9]+)\..*/\1/p' >"$stage/$name/share/breakeven/cuda"; fi
  tar -C "$stage" --sort=name --owner=0 --group=0 --numeric-owner -c "$name" | gzip -9 >"$file"
  note "$file: $(($(stat -c %s "$file") / 1000000)) MB, needs glibc $(<"$stage/$name/share/breakeven/glibc") or newer"
}

# copy_libraries BUILD STAGE: every shared library the programs load, except the C library's own, which must match the
# machine's loader.
copy_libraries() {
  local library
  mkdir -p "$2/lib"
  for library in $(ldd "$1"/bin/* "$1"/tests/unit_tests | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u); do
    case ${library##*/} in
      libc.so.* | libm.so.* | libmvec.so.* | libdl.so.* | librt.so.* | libpthread.so.* | libresolv.so.* | ld-linux*) ;;
      *) cp -L "$library" "$2/lib/" ;;
    esac
  done
}
