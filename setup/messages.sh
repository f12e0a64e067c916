# shellcheck shell=bash
# What the scripts say. Everything here goes to stderr: stdout belongs to the command's own result.

note() { printf '%s\n' "$*" >&2; }

# Bad input: one line that says what was wrong and what would be right.
refuse() {
  printf 'breakeven: %s\n' "$*" >&2
  exit 2
}

# Something that should have worked did not.
give_up() {
  printf 'breakeven: %s\n' "$*" >&2
  exit 1
}

# edit_distance A B: the number of single-character changes (Levenshtein) that turn A into B.
edit_distance() {
  local a=$1 b=$2 i j cost best
  local -a above row
  for ((j = 0; j <= ${#b}; j++)); do above[j]=$j; done
  for ((i = 1; i <= ${#a}; i++)); do
    row=("$i")
    for ((j = 1; j <= ${#b}; j++)); do
      cost=1
      if [[ ${a:i-1:1} == "${b:j-1:1}" ]]; then cost=0; fi
      best=$((above[j - 1] + cost))
      if ((above[j] + 1 < best)); then best=$((above[j] + 1)); fi
      if ((row[j - 1] + 1 < best)); then best=$((row[j - 1] + 1)); fi
      row[j]=$best
    done
    above=("${row[@]}")
  done
  printf '%s' "${above[${#b}]}"
}

# near_miss WORD CANDIDATE...: " (did you mean X?)" for the closest candidate, nothing if none is close.
near_miss() {
  local word=$1 candidate distance best="" least=3
  shift
  for candidate; do
    distance=$(edit_distance "$word" "$candidate")
    if [[ $candidate == "$word"* && ${#word} -ge 3 ]]; then distance=1; fi
    # Two changes are a slip in a long word, and another word in a short one.
    if ((distance < least && distance * 2 <= ${#candidate})); then best=$candidate least=$distance; fi
  done
  if [[ -n $best ]]; then printf ' (did you mean %s?)' "$best"; fi
}

# quietly TITLE COMMAND...: runs a long step with its output in a log; the end of the log is shown if it fails.
quietly() {
  local title=$1 log started=$SECONDS
  shift
  mkdir -p "$deps/log"
  log=$deps/log/$(printf '%s' "$title" | tr -cs '[:alnum:]' '_').log
  note "$title …"
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 25 "$log" >&2
    give_up "$title: '$1' failed after $((SECONDS - started)) s; all of its output is in $log"
  fi
}

# confirm QUESTION: true if the person at the terminal agrees, or --yes was given.
confirm() {
  local answer
  if [[ -n ${given[--yes]-} ]]; then return 0; fi
  if ! [[ -t 0 && -t 2 ]]; then return 1; fi
  read -r -p "$1 [Y/n] " answer >&2
  [[ $answer =~ ^([yY].*)?$ ]]
}
