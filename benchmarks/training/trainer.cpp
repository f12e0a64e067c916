#include "benchmarks/training/trainer.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "benchmarks/harness/clock.h"
#include "benchmarks/harness/fill.h"
#include "benchmarks/training/engines.h"

namespace breakeven {
namespace {

/// Images that are classified at once.
constexpr std::int64_t kTestBatch = 256;

// Places among a training step's tensors.
constexpr std::size_t kImages = 0, kLabels = 1, kParameters = 2, kMomentum = 3, kStatistics = 4;

/// The beginning of a tensor whose first extent is the batch.
Tensor first_of(Tensor tensor, std::int64_t images, std::int64_t of_batch) {
  tensor.elements = tensor.elements / of_batch * images;
  return tensor;
}

std::int64_t largest_of(const float* row, std::int64_t classes) {
  return std::max_element(row, row + classes) - row;
}

}  // namespace

Trainer::Trainer(const TrainingSettings& settings, const SplitData& data, Device* device)
    : settings_(settings), data_(data), device_(device), loader_(data.training, settings.seed) {
  const std::int64_t batch = std::min(settings.batch, data.training.size());
  const std::int64_t test_batch = std::min(kTestBatch, data.test.size());
  settings_.batch = batch;
  for (const std::int64_t images : {batch, data.training.size() % batch}) {
    if (images > 0) steps_.push_back(prepare(images, true));
  }
  for (const std::int64_t images : {test_batch, data.test.size() % test_batch}) {
    if (images > 0) inferences_.push_back(prepare(images, false));
  }
  const ProblemView step = steps_[0].problem.view(), inference = inferences_[0].problem.view();
  host_ = std::make_unique<HostBuffers>(step.tensors, 1);
  for (std::size_t i = 0; i < step.tensors.size(); ++i) {
    fill_tensor(host_->tensors(0)[i], step.tensors[i], Fill::zeros, 1, settings.seed);
  }
  tensors_ = make_buffers(step.tensors);
  tensors_->load(0, *host_);
  test_host_ = std::make_unique<HostBuffers>(inference.tensors, 1);
  test_tensors_ = make_buffers(inference.tensors);
}

Trainer::Prepared Trainer::prepare(std::int64_t batch, bool training) const {
  const NetworkProblem problem{settings_.network, training, batch, settings_.optimiser,
                               settings_.dtype};
  const Candidate engine = engine_named(settings_.engine, settings_.side, problem);
  return {problem, engine.prepare(device_ ? device_->stream() : Stream{})};
}

std::unique_ptr<Buffers> Trainer::make_buffers(const std::vector<TensorSpec>& specs) const {
  if (device_) return std::make_unique<DeviceBuffers>(*device_, specs, 1);
  return std::make_unique<HostBuffers>(specs, 1);
}

void Trainer::run(const Prepared& prepared, Tensors tensors) const {
  if (prepared.call.pack) prepared.call.pack(tensors);  // what it wants for these, once
  prepared.call.run(tensors);
  if (device_) device_->synchronize();
}

float Trainer::step(std::int64_t images) {
  const Tensors host = host_->tensors(0);
  loader_.load(images, host[kImages].as<float>(), host[kLabels].as<std::int32_t>());
  tensors_->load_tensor(0, kImages, *host_);
  tensors_->load_tensor(0, kLabels, *host_);
  const Tensors all = tensors_->tensors(0);
  std::vector<Tensor> tensors(all.begin(), all.end());
  for (const std::size_t i : {kImages, kLabels}) {
    tensors[i] = first_of(tensors[i], images, settings_.batch);
  }
  run(images == settings_.batch ? steps_.front() : steps_.back(), tensors);
  float loss = 0;
  tensors_->download(&loss, tensors.back());
  if (!std::isfinite(loss)) {
    throw std::runtime_error("the loss is no longer finite: a lower --lr may help");
  }
  return loss;
}

Epoch Trainer::run_epoch(std::int64_t number, const StepDone& step_done) {
  Epoch epoch{.images = data_.training.size()};
  const double start = steady_seconds();
  loader_.begin(number);
  double sum = 0;
  while (loader_.left() > 0) {
    const std::int64_t count = std::min(settings_.batch, loader_.left());
    epoch.losses.push_back(step(count));
    sum += static_cast<double>(epoch.losses.back()) * static_cast<double>(count);
    const std::int64_t done = epoch.images - loader_.left();
    if (step_done) step_done(done, epoch.images, sum / static_cast<double>(done));
  }
  epoch.seconds = steady_seconds() - start;
  epoch.loss = sum / static_cast<double>(epoch.images);
  epoch.test_accuracy = test_accuracy();
  return epoch;
}

double Trainer::test_accuracy() {
  const DataSet& data = data_.test;
  const std::int64_t batch = inferences_[0].problem.batch;
  const std::int64_t classes = inferences_[0].problem.description().classes;
  const Tensors trained = tensors_->tensors(0), own = test_tensors_->tensors(0);
  std::vector<Tensor> tensors(own.begin(), own.end());
  tensors[1] = trained[kParameters];
  if (tensors.size() == 4) tensors[2] = trained[kStatistics];
  std::vector<float> logits(static_cast<std::size_t>(batch * classes));
  std::int64_t right = 0;
  for (std::int64_t first = 0; first < data.size(); first += batch) {
    const std::int64_t count = std::min(batch, data.size() - first);
    const std::int64_t pixels = data.image.elements();
    std::copy_n(data.images.begin() + first * pixels, count * pixels,
                test_host_->tensors(0)[0].as<float>());
    test_tensors_->load_tensor(0, 0, *test_host_);
    tensors.front() = first_of(own.front(), count, batch);
    tensors.back() = first_of(own.back(), count, batch);
    run(count == batch ? inferences_.front() : inferences_.back(), tensors);
    test_tensors_->download(logits.data(), tensors.back());
    for (std::int64_t i = 0; i < count; ++i) {
      right += largest_of(logits.data() + i * classes, classes) ==
               data.labels[static_cast<std::size_t>(first + i)];
    }
  }
  return static_cast<double>(right) / static_cast<double>(data.size());
}

std::vector<std::pair<std::size_t, std::vector<float>*>> Trainer::parts(
    TrainingState& state) const {
  std::vector<std::pair<std::size_t, std::vector<float>*>> all = {{kParameters, &state.parameters},
                                                                  {kMomentum, &state.momentum}};
  if (host_->tensors(0).size() > kStatistics + 1) all.emplace_back(kStatistics, &state.statistics);
  return all;
}

TrainingState Trainer::state() {
  TrainingState state;
  for (const auto& [place, values] : parts(state)) {
    const Tensor& tensor = tensors_->tensors(0)[place];
    values->resize(static_cast<std::size_t>(tensor.elements));
    tensors_->download(values->data(), tensor);
  }
  return state;
}

void Trainer::set_state(const TrainingState& state) {
  TrainingState copy = state;
  for (const auto& [place, values] : parts(copy)) {
    const Tensor& tensor = host_->tensors(0)[place];
    if (values->size() != static_cast<std::size_t>(tensor.elements)) {
      throw std::invalid_argument("the state is another network's");
    }
    std::ranges::copy(*values, tensor.as<float>());
    tensors_->load_tensor(0, place, *host_);
  }
}

}  // namespace breakeven
