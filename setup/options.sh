# shellcheck shell=bash
# The command line: which options each command takes, of which type, and what a valid value looks like.

# Parts of the set-up, taken by every command that compiles.
setup_options='--yes=flag --cuda=flag --no-cuda=flag'
# The options of bench, without those of its set-up: the bundle's `run bench` takes the same.
bench_options='--preset=preset --filter=text --problems=file --side=side --threads=threads --repetitions=count
  --seed=integer --memory-limit=size --require-cuda=flag --list=flag --out=new-directory'
# Those of an alternation: every round is one repetition.
ab_options='--rounds=count --preset=preset --filter=text --problems=file --side=side --threads=threads --seed=integer
  --memory-limit=size --require-cuda=flag --out=new-directory --noise=flag --margin=percent --allow-missing=text --strict=flag'
# Those of the program that trains, which checks their values itself.
train_options='--network=text --data=text --side=text --engine=text --dtype=text --epochs=text --batch=text --lr=text --momentum=text
  --weight-decay=text --seed=text --out=text --resume=flag'
compare_options='--margin=percent --noise-file=file --baseline=baseline --out=text'

# The options each command takes.
declare -A options_of=(
  [bench]="$bench_options --with-pytorch=flag --save-baseline=name --baseline=baseline $setup_options"
  [ab]="$ab_options $setup_options"
  [compare]="$compare_options"
  [gate]="$compare_options --floor=text --allow-missing=text --strict=flag"
  [export]="--format=format --rows=rows --out=text"
  [train]="$train_options $setup_options"
  [test]=$setup_options
  [build]=$setup_options
  [report]=""
  [doctor]="--json=flag $setup_options"
  [bundle]="--out=new-file $setup_options"
  [help]=""
)

# parse_options COMMAND SPECIFICATION ARGUMENT...
# Fills the map `given` (option -> value, 1 for a flag) and the list `operands`; refuses what does not fit.
declare -A given=()
operands=()
parse_options() {
  local command=$1 entry option value type
  local -A types=()
  for entry in $2 --help=flag; do types[${entry%%=*}]=${entry#*=}; done
  shift 2
  while (($#)); do
    case $1 in
      -h) option=--help ;;
      --)
        shift
        operands+=("$@")
        break
        ;;
      -?*) option=${1%%=*} ;;
      *)
        operands+=("$1")
        shift
        continue
        ;;
    esac
    type=${types[$option]-}
    if [[ -z $type ]]; then
      refuse "$command has no option $option$(near_miss "$option" "${!types[@]}"); '$front help $command' lists them"
    fi
    if [[ $type == flag ]]; then
      if [[ $1 == *=* ]]; then refuse "$command: $option takes no value"; fi
      value=1
    elif [[ $1 == *=* ]]; then
      value=${1#*=}
    else
      if (($# < 2)); then refuse "$command: $option needs a value: $(expected "$type")"; fi
      shift
      value=$1
    fi
    # Those whose words Python reads once more may take several: it says so itself.
    if [[ -n ${given[$option]-} && $type != flag && $command != @(compare|gate|export) ]]; then
      refuse "$command: $option is given twice: '${given[$option]}' and '$value'"
    fi
    check_value "$command" "$option" "$type" "$value"
    given[$option]=$value
    shift
  done
  if [[ -n ${given[--cuda]-} && -n ${given[--no-cuda]-} ]]; then
    refuse "$command: --cuda and --no-cuda exclude each other"
  fi
}

# expected TYPE: what a value of that type looks like, in words.
expected() {
  case $1 in
    preset) echo 'smoke, quick, standard or full' ;;
    side) echo 'cpu, cuda or both' ;;
    threads) echo "thread counts or 'all', separated by commas, such as 1,all" ;;
    count) echo 'a whole number from 1 on' ;;
    integer) echo 'a whole number from 0 on' ;;
    size) echo 'a number of bytes, or with K, M, G or T, such as 2G' ;;
    file) echo 'a file that can be read' ;;
    new-directory) echo 'a directory that does not exist yet or is empty' ;;
    new-file) echo 'a file that does not exist yet' ;;
    format) echo 'csv, parquet, bmf or github-action-benchmark' ;;
    rows) echo 'case, transfer, pair or ceiling' ;;
    percent) echo 'a percentage from 0 on, such as 2' ;;
    name) echo 'letters, digits, dots, dashes and underscores, beginning with a letter or digit' ;;
    baseline) echo 'the name of a saved baseline' ;;
    text) echo 'some text' ;;
  esac
}

# check_value COMMAND OPTION TYPE VALUE: refuses a value that is not of its type.
check_value() {
  local type=$3 value=$4 words=() word hint=""
  case $type in
    flag) return ;;
    preset) words=(smoke quick standard full) ;;
    side) words=(cpu cuda both) ;;
    format) words=(csv parquet bmf github-action-benchmark) ;;
    rows) words=(case transfer pair ceiling) ;;
    threads) if [[ $value =~ ^([1-9][0-9]{0,4}|all)(,([1-9][0-9]{0,4}|all))*$ ]]; then return; fi ;;
    count) if [[ $value =~ ^[1-9][0-9]{0,8}$ ]]; then return; fi ;;
    integer) if [[ $value =~ ^[0-9]{1,19}$ ]]; then return; fi ;;
    size) if [[ $value =~ ^[1-9][0-9]{0,15}[KMGT]?$ ]]; then return; fi ;;
    file)
      if [[ -f $value && -r $value ]]; then return; fi
      refuse "$1: $2 '$value' is not a file that can be read"
      ;;
    new-directory)
      if [[ -n $value && ! -e $value ]]; then return; fi
      if [[ -d $value && -z $(ls -A "$value") ]]; then return; fi
      if [[ -d $value ]]; then refuse "$1: $2 '$value' is already in use, and a run is never overwritten: name a new directory"; fi
      ;;
    new-file)
      if [[ -n $value && ! -e $value ]]; then return; fi
      refuse "$1: $2 '$value' exists already: remove it or name another file"
      ;;
    percent) if [[ $value =~ ^[0-9]{1,3}(\.[0-9]+)?%?$ ]]; then return; fi ;;
    name) if [[ $value =~ ^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$ ]]; then return; fi ;;
    baseline)
      if [[ -f $baselines/$value/run.jsonl ]]; then return; fi
      refuse "$1: there is no baseline '$value'; '$front bench --save-baseline $value' makes it"
      ;;
    text) if [[ -n $value ]]; then return; fi ;;
  esac
  if ((${#words[@]})); then
    for word in "${words[@]}"; do if [[ $word == "$value" ]]; then return; fi; done
    hint=$(near_miss "$value" "${words[@]}")
  fi
  refuse "$1: $2 is '$value', but must be $(expected "$type")$hint"
}

# no_operands COMMAND: refuses words that are not options.
no_operands() {
  if ((${#operands[@]})); then
    refuse "$1 takes options only, not '${operands[0]}'; '$front help $1' lists them"
  fi
}
