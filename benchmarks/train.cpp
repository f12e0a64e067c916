// train: trains a network on one side, visibly: loss, accuracy on test images, images per second.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "benchmarks/harness/clock.h"
#include "benchmarks/harness/command_line.h"
#include "benchmarks/harness/interrupt.h"
#include "benchmarks/harness/json.h"
#include "benchmarks/harness/machine/gpu_status.h"
#include "benchmarks/harness/open_run.h"
#include "benchmarks/training/checkpoint.h"
#include "benchmarks/training/trainer.h"

namespace breakeven {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCifar = "cifar10:";
constexpr std::int64_t kDigitsTraining = 1437;
constexpr std::uint64_t kDigitsSeed = 20;
constexpr std::int64_t kSyntheticTraining = 2048, kSyntheticTest = 512;

struct Command {
  TrainingSettings settings;
  std::string data = "digits";
  std::int64_t epochs = 10;
  fs::path out;
  bool resume = false;
};

SplitData load(const std::string& data, const std::string& network, std::uint64_t seed) {
  // Whatever the seed, the images that are tried are the same.
  if (data == "digits") {
    const DataSet all = read_digits(digits_file());
    if (all.size() <= kDigitsTraining) {
      throw BadInput(
          fmt::format("{} must hold 1797 digits, holds {}", digits_file().string(), all.size()));
    }
    return split(all, kDigitsTraining, kDigitsSeed);
  }
  if (data == "synthetic") {
    const Network& of = network_named(network);  // of the images that it takes
    return synthetic_data(of.input, of.classes, kSyntheticTraining, kSyntheticTest, seed);
  }
  if (data.starts_with(kCifar)) return read_cifar10(data.substr(kCifar.size()));
  throw BadInput(
      fmt::format("--data '{}' must be digits, synthetic or cifar10:DIR, the folder of "
                  "CIFAR-10's binary version",
                  data));
}

/// Nothing where the command line only asked for help.
std::optional<Command> parse(int argc, char** argv) {
  Command command;
  TrainingSettings& settings = command.settings;
  std::string side = "cpu", dtype = "f32";
  std::int64_t seed = 0;
  CLI::App app("Trains a network, batch after batch, on the CPU or on the GPU.", "train");
  app.add_option("--network", settings.network, "mlp, cnn or resnet20")->required();
  app.add_option("--data", command.data, "digits, synthetic or cifar10:DIR");
  app.add_option("--side", side, "cpu or cuda")->check(CLI::IsMember({"cpu", "cuda"}));
  app.add_option("--engine", settings.engine,
                 "naive, tuned, library; on the CPU picked, on the GPU tuned_graph, library_graph");
  app.add_option("--dtype", dtype, "f32, or bf16: of products; weights stay in f32")
      ->check(CLI::IsMember({"f32", "bf16"}));
  app.add_option("--epochs", command.epochs, "how often it sees all images")
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--batch", settings.batch, "images of a step")->check(CLI::Range(1, 1 << 20));
  app.add_option("--lr", settings.optimiser.lr, "learning rate")->check(CLI::NonNegativeNumber);
  app.add_option("--momentum", settings.optimiser.momentum)->check(CLI::Range(0.0, 1.0));
  app.add_option("--weight-decay", settings.optimiser.weight_decay)->check(CLI::NonNegativeNumber);
  app.add_option("--seed", seed, "of the initial weights and of the order of images")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--out", command.out, "folder for history.jsonl and state.bin")->required();
  app.add_flag(
      "--resume", command.resume,
      "go on from the state in the folder: bit by bit, with as many threads and no picked engine");
  if (!read_command_line(app, argc, argv)) return std::nullopt;
  for (const double number :
       {settings.optimiser.lr, settings.optimiser.momentum, settings.optimiser.weight_decay}) {
    if (!std::isfinite(number)) {
      throw BadInput("--lr, --momentum and --weight-decay must be finite numbers");
    }
  }
  if (fs::exists(command.out) && !fs::is_directory(command.out)) {
    throw BadInput(fmt::format("--out {} is no folder", command.out.string()));
  }
  settings.seed = static_cast<std::uint64_t>(seed);
  settings.dtype = parse_dtype(dtype).value();
  settings.side = side == "cuda" ? Side::cuda : Side::cpu;
  return command;
}

/// Refuses to go on with other settings than those that the state was made with.
void require_same(const Command& command, const Checkpoint& found, const fs::path& file) {
  const TrainingSettings &now = command.settings, &then = found.settings;
  const auto require = [&](bool same, std::string_view option, const auto& value) {
    if (!same) {
      throw BadInput(
          fmt::format("{} was made with {} {}: go on with the same", file.string(), option, value));
    }
  };
  require(now.side == then.side, "--side", name_of(then.side));
  require(now.engine == then.engine, "--engine", then.engine);
  require(now.dtype == then.dtype, "--dtype", name_of(then.dtype));
  require(now.network == then.network, "--network", then.network);
  require(command.data == found.data, "--data", found.data);
  require(now.batch == then.batch, "--batch", then.batch);
  require(now.seed == then.seed, "--seed", then.seed);
  require(now.optimiser.lr == then.optimiser.lr, "--lr", then.optimiser.lr);
  require(now.optimiser.momentum == then.optimiser.momentum, "--momentum", then.optimiser.momentum);
  require(now.optimiser.weight_decay == then.optimiser.weight_decay, "--weight-decay",
          then.optimiser.weight_decay);
}

/// The first line of a history: what was trained, and how.
void describe(const Command& command, std::ostream& history) {
  const TrainingSettings& of = command.settings;
  history << Json{{"network", of.network},
                  {"side", name_of(of.side)},
                  {"engine", of.engine},
                  {"dtype", name_of(of.dtype)},
                  {"data", command.data},
                  {"batch", of.batch},
                  {"lr", of.optimiser.lr},
                  {"momentum", of.optimiser.momentum},
                  {"weight_decay", of.optimiser.weight_decay},
                  {"seed", of.seed}}
                 .dump()
          << std::endl;
}

/// To append to, at the end of its last whole line; anew where a training does not go on: one that
/// ended before its first state was saved has nothing that could be gone on with.
std::ofstream open_history(const fs::path& file, bool goes_on) {
  if (goes_on && fs::exists(file)) {
    std::ifstream before(file);
    const std::string text{std::istreambuf_iterator<char>(before), {}};
    fs::resize_file(file, text.rfind('\n') + 1);  // npos + 1 is 0
  }
  std::ofstream history(file, goes_on ? std::ios::app : std::ios::trunc);
  if (!history) throw BadInput(file.string() + ": cannot be written");
  return history;
}

void report(std::int64_t number, std::int64_t epochs, const Epoch& epoch, std::ostream& history) {
  const double rate = static_cast<double>(epoch.images) / epoch.seconds;
  fmt::print("epoch {:{}}/{}  loss {:.4f}  test accuracy {:5.1f} %  {:.0f} images/s\n", number,
             fmt::formatted_size("{}", epochs), epochs, epoch.loss, 100 * epoch.test_accuracy,
             rate);
  std::fflush(stdout);
  history << Json{{"epoch", number},
                  {"loss", epoch.loss},
                  {"test_accuracy", epoch.test_accuracy},
                  {"images", epoch.images},
                  {"seconds", epoch.seconds},
                  {"losses", epoch.losses}}
                 .dump()
          << std::endl;
  if (!history) throw std::runtime_error("history.jsonl could not be written");
}

/// Tells of a running epoch: one changing line on a terminal, which goes when it ends; nothing
/// elsewhere.
class EpochLine {
 public:
  explicit EpochLine(std::string name) : name_(std::move(name)) {}
  ~EpochLine() { rewrite(""); }
  EpochLine(const EpochLine&) = delete;
  EpochLine& operator=(const EpochLine&) = delete;

  void show(std::int64_t done, std::int64_t images, double loss) {
    constexpr double least_s = 0.2;  // from one line to the next
    const double now_s = steady_seconds();
    if (now_s - written_s_ < least_s) return;
    written_s_ = now_s;
    rewrite(fmt::format("{}  {}/{} images  loss {:.4f}", name_, done, images, loss));
  }

 private:
  void rewrite(const std::string& text) const {
    if (!terminal_) return;
    fmt::print(stderr, "\r\033[K{}", text);
    std::fflush(stderr);
  }

  std::string name_;
  bool terminal_ = isatty(STDERR_FILENO) == 1;
  double written_s_ = steady_seconds();
};

Epoch run_visibly(Trainer& trainer, std::int64_t number, std::int64_t epochs) {
  EpochLine line(fmt::format("epoch {}/{}", number + 1, epochs));
  return trainer.run_epoch(number, [&](std::int64_t done, std::int64_t images, double loss) {
    line.show(done, images, loss);
  });
}

int run(int argc, char** argv) {
  const auto parsed = parse(argc, argv);
  if (!parsed) return 0;
  Command command = *parsed;
  std::unique_ptr<Device> device;
  if (command.settings.side == Side::cuda) {
    device = open_cuda_device();
    if (!device) throw BadInput("--side cuda: " + cuda_absence());
  }
  const SplitData data = load(command.data, command.settings.network, command.settings.seed);
  command.settings.batch = std::min(command.settings.batch, data.training.size());
  command.settings.network = network_for(command.settings.network, data.training.image).name;

  const fs::path state_file = command.out / "state.bin",
                 history_file = command.out / "history.jsonl";
  std::int64_t done = 0;
  std::optional<Checkpoint> found;
  if (command.resume) {
    found = load_checkpoint(state_file);
    require_same(command, *found, state_file);
    done = found->epochs;
    if (done >= command.epochs) {
      throw BadInput(fmt::format("{} has {} epochs behind it: --epochs must be more",
                                 state_file.string(), done));
    }
  } else if (fs::exists(state_file)) {
    throw BadInput(
        fmt::format("{} holds a training: --resume goes on with it, another --out begins "
                    "a new one",
                    command.out.string()));
  }
  note_interrupts();
  Trainer trainer(command.settings, data, device.get());
  if (found) trainer.set_state(found->state);
  fs::create_directories(command.out);
  std::ofstream history = open_history(history_file, found.has_value());
  if (fs::file_size(history_file) == 0) describe(command, history);
  fmt::print("{} on {} {}: {} images, batches of {}\n", command.settings.network,
             name_of(command.settings.side), command.settings.engine, data.training.size(),
             command.settings.batch);
  while (done < command.epochs && !interrupted()) {
    const Epoch epoch = run_visibly(trainer, done, command.epochs);
    report(++done, command.epochs, epoch, history);
    save_checkpoint({command.settings, command.data, done, trainer.state()}, state_file);
  }
  const int signal = interrupted();
  return signal ? 128 + signal : 0;
}

}  // namespace
}  // namespace breakeven

int main(int argc, char** argv) {
  using namespace breakeven;
  return exit_status_of([&] { return run(argc, argv); }, argv[0]);
}
