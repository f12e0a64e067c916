#include "benchmarks/harness/google_benchmark.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <system_error>

namespace breakeven {

/// Forwards to the console and to the file. The library ends its reporter after each run of
/// registered benchmarks; here they end once.
class GoogleBenchmark::Everywhere final : public benchmark::BenchmarkReporter {
 public:
  Everywhere(std::unique_ptr<BenchmarkReporter> console, std::unique_ptr<BenchmarkReporter> file,
             bool console_aggregates_only)
      : console_(std::move(console)),
        file_(std::move(file)),
        console_aggregates_only_(console_aggregates_only) {}

  bool ReportContext(const Context& context) override {
    if (!begun_) {
      console_->ReportContext(context);
      if (file_) file_->ReportContext(context);
    }
    begun_ = true;
    return true;
  }

  void ReportRuns(const std::vector<Run>& runs) override {
    std::vector<Run> shown;
    for (const Run& run : runs) {
      if (!console_aggregates_only_ || run.run_type == Run::RT_Aggregate) shown.push_back(run);
    }
    if (!shown.empty()) console_->ReportRuns(shown);
    if (file_) file_->ReportRuns(runs);
  }

  void Finalize() override {}

  void finish() {
    if (!begun_) return;
    console_->Finalize();
    if (file_) file_->Finalize();
  }

 private:
  std::unique_ptr<BenchmarkReporter> console_, file_;
  bool console_aggregates_only_;
  bool begun_ = false;
};

namespace {

using Reporter = std::unique_ptr<benchmark::BenchmarkReporter>;

/// Hands all runs over at once. The columns of the library's CSV are the counters of the first runs
/// that it sees; one that comes later ends the program.
class AllAtOnce final : public benchmark::BenchmarkReporter {
 public:
  explicit AllAtOnce(Reporter reporter) : reporter_(std::move(reporter)) {}

  bool ReportContext(const Context& context) override {
    reporter_->SetOutputStream(&GetOutputStream());
    reporter_->SetErrorStream(&GetErrorStream());
    return reporter_->ReportContext(context);
  }
  void ReportRuns(const std::vector<Run>& runs) override {
    runs_.insert(runs_.end(), runs.begin(), runs.end());
  }
  void Finalize() override {
    if (!runs_.empty()) reporter_->ReportRuns(runs_);
    reporter_->Finalize();
  }

 private:
  Reporter reporter_;
  std::vector<Run> runs_;
};

Reporter reporter_of(const std::string& format) {
  if (format == "console") {
    return std::make_unique<benchmark::ConsoleReporter>(benchmark::ConsoleReporter::OO_None);
  }
  // Deprecated for new uses, yet --benchmark_out_format=csv is the library's own flag.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  if (format == "csv") {
    return std::make_unique<AllAtOnce>(std::make_unique<benchmark::CSVReporter>());
  }
#pragma GCC diagnostic pop
  return std::make_unique<benchmark::JSONReporter>();
}

Reporter display_reporter(const Options& options) {
  const auto& flags = options.google_benchmark;
  if (std::find(flags.begin(), flags.end(), "--benchmark_format=csv") != flags.end()) {
    return reporter_of("csv");
  }
  Reporter display(benchmark::CreateDefaultDisplayReporter());
  // The library's header goes with its table; standard error is for progress and for messages.
  if (dynamic_cast<benchmark::ConsoleReporter*>(display.get())) display->SetErrorStream(&std::cout);
  return display;
}

}  // namespace

GoogleBenchmark::GoogleBenchmark(const Options& options) {
  words_.push_back(options.program);
  words_.insert(words_.end(), options.google_benchmark.begin(), options.google_benchmark.end());
  words_.push_back(fmt::format("--benchmark_repetitions={}", options.repetitions));
  std::vector<char*> argv;
  for (std::string& word : words_) argv.push_back(word.data());
  int argc = static_cast<int>(argv.size());
  benchmark::Initialize(&argc, argv.data());
  if (argc > 1) throw BadInput(fmt::format("unknown option {}; --help lists them", argv[1]));

  Reporter file;
  if (!options.benchmark_out.empty()) {
    if (options.benchmark_out.has_parent_path()) {
      std::filesystem::create_directories(options.benchmark_out.parent_path());
    }
    file_.open(options.benchmark_out);
    if (!file_) {
      throw std::system_error(errno, std::generic_category(),
                              "open --benchmark_out " + options.benchmark_out.string());
    }
    file = reporter_of(options.benchmark_out_format);
    file->SetOutputStream(&file_);
    file->SetErrorStream(&file_);
  }
  reporter_ = std::make_unique<Everywhere>(display_reporter(options), std::move(file),
                                           options.display_aggregates_only);
}

GoogleBenchmark::~GoogleBenchmark() = default;

void GoogleBenchmark::run(const std::vector<Registration>& registrations) {
  if (registrations.empty()) return;
  for (const Registration& registration : registrations) {
    benchmark::RegisterBenchmark(registration.name.c_str(), registration.body)
        ->Iterations(1)
        ->UseManualTime();
  }
  benchmark::RunSpecifiedBenchmarks(reporter_.get(), nullptr, "all");
  benchmark::ClearRegisteredBenchmarks();
}

void GoogleBenchmark::finish() {
  reporter_->finish();
  file_.flush();
  if (file_.is_open() && !file_) throw std::runtime_error("write --benchmark_out failed");
}

}  // namespace breakeven
