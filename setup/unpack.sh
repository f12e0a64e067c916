# shellcheck shell=bash
# Without root: the same packages, with everything they depend on that this system lacks, unpacked into .deps/root.

# unpack_packages PACKAGE...
unpack_packages() {
  local -a apt=() wanted=()
  local package
  # CMake and Ninja run from PyPI's wheels, which need no other library.
  for package; do
    case $package in cmake | ninja-build) ;; *) wanted+=("$package") ;; esac
  done
  if ((${#wanted[@]} == 0)); then return; fi

  # Lists and archives of our own: the system's are root's to refresh, and often not there at all.
  mkdir -p "$deps"/apt/{lists,cache,archives}/partial
  apt=(-q -o "Dir::State::lists=$deps/apt/lists" -o "Dir::Cache=$deps/apt/cache" -o Debug::NoLocking=true)
  quietly "apt: fetching the package lists (no root here, so .deps/ takes the packages)" apt-get "${apt[@]}" update
  quietly "apt: unpacking ${wanted[*]} into .deps/" unpack_closure "${wanted[@]}"
  quietly "Fitting .deps/ to its place" fit_unpacked
  rm -rf "$deps/apt"
  use_unpacked
}

# unpack_closure PACKAGE...: uses apt's own resolution; what it would upgrade is installed and serves as it is.
unpack_closure() {
  local plan folder archive
  local -a closure=()
  plan=$(LC_ALL=C apt-get "${apt[@]}" install --simulate --no-install-recommends "$@") || return
  mapfile -t closure < <(sed -nE 's/^Inst ([^ ]+) \(([^ ]+) .*/\1=\2/p' <<<"$plan")
  (cd "$deps/apt/archives" && apt-get "${apt[@]}" download "${closure[@]}") || return
  # As on a merged-/usr system, whatever folder a package names.
  mkdir -p "$deps"/root/usr/{bin,lib,sbin,lib64}
  for folder in bin lib sbin lib64; do ln -sfn "usr/$folder" "$deps/root/$folder"; done
  for archive in "$deps"/apt/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$archive" | tar -x -C "$deps/root" --keep-directory-symlink --no-same-owner || return
    rm "$archive"
  done
}

# fit_unpacked: mends what assumes that it lies under /.
fit_unpacked() {
  local root=$deps/root arch link target script path
  arch=$(uname -m)-linux-gnu
  while IFS= read -r link; do
    target=$(readlink "$link")
    if [[ -e $root$target ]]; then ln -sfn "$root$target" "$link"; fi
  done < <(find "$root" -type l -lname '/*')
  # Linker scripts such as libc.so name files by absolute path; those of the running system stay, the unpacked ones move.
  while IFS= read -r script; do
    while IFS= read -r path; do
      if [[ ! -e $path && -e $root$path ]]; then sed -i "s|\([ (]\)$path|\1$root$path|" "$script"; fi
    done < <(grep -oE '/[^ ]+' "$script")
  done < <(grep -lE '^(GROUP|INPUT) ' "$root/usr/lib/$arch"/*.so 2>/dev/null)
  # Where Debian's Python looks for the pip it puts into a new virtual environment.
  for script in "$root"/usr/lib/python3*/_sysconfigdata_*.py; do
    if [[ -e $script ]]; then sed -i "s|'/usr/share/python-wheels|'$root/usr/share/python-wheels|" "$script"; fi
  done
  write_compiler "$root" "$arch"
  write_environment "$root" "$arch"
}

# write_compiler ROOT ARCH: GCC finds its own parts beside itself, but not the C library's headers and start files.
write_compiler() {
  local root=$1 arch=$2 name
  if [[ ! -e $root/usr/bin/g++ ]]; then return; fi
  mkdir -p "$deps/bin"
  for name in g++ c++; do
    cat >"$deps/bin/$name" <<END
#!/bin/sh
LD_LIBRARY_PATH='$root/usr/lib/$arch'\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH} PATH='$root/usr/bin':\$PATH \\
  exec '$root/usr/bin/g++' -B'$root/usr/lib/$arch' -idirafter '$root/usr/include/$arch' -idirafter '$root/usr/include' \\
  -L'$root/usr/lib/$arch' -Wl,-rpath-link,'$root/usr/lib/$arch' "\$@"
END
    chmod +x "$deps/bin/$name"
  done
}

# write_environment ROOT ARCH: what a shell needs to use the unpacked programs; can be sourced by hand too.
write_environment() {
  cat >"$deps/environment" <<END
export PATH='$deps/bin':\$PATH:'$1/usr/bin'
export LD_LIBRARY_PATH='$1/usr/lib/$2'\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}
END
}

# use_unpacked: makes the unpacked programs usable here, if there are any.
use_unpacked() {
  if [[ -e $deps/environment && :$PATH: != *:$deps/bin:* ]]; then
    # shellcheck source=/dev/null # written by write_environment
    . "$deps/environment"
  fi
}
