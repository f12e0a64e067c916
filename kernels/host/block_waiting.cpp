// What a block's running thread waits for together with others of its warp, and what is said where
// threads wait in vain.

#include <algorithm>
#include <cstring>
#include <string>

#include "kernels/host/block.h"
#include "kernels/host/finding.h"

namespace breakeven::host {
namespace {

constexpr unsigned warp_size = 32;

}  // namespace

/// Whether a thread waits in that operation, so that the two are one.
bool Block::came(unsigned id, const WarpOperation& operation) const {
  if (id >= threads_.size() || threads_[id].state != State::in_warp_operation) return false;
  const WarpOperation& other = threads_[id].operation;
  const bool same_name =
      other.name == operation.name || std::strcmp(other.name, operation.name) == 0;
  return other.mask == operation.mask && same_name &&
         (!operation.aligned || other.place == operation.place);
}

void Block::meet(const WarpOperation& operation, void* brought, void (*perform)(const Meeting&)) {
  const unsigned mask = operation.mask, lane = current_ % warp_size, first = current_ - lane;
  if ((mask >> lane & 1) == 0) {
    report("mask that leaves out the calling lane",
           {thread_text(current_) + " is lane " + std::to_string(lane) + " and calls " +
            operation.name + " with mask " + mask_text(mask) + ": " + operation.place.text()});
  }
  Thread& me = threads_[current_];
  me.operation = operation;
  me.brought = brought;
  unsigned& waiting = waiting_lanes_[current_ / warp_size];
  const auto for_each_lane = [mask](auto visit) {
    for (unsigned lanes = mask; lanes != 0; lanes &= lanes - 1) {
      visit(static_cast<unsigned>(__builtin_ctz(lanes)));
    }
  };
  bool all_came = (mask & ~waiting) == 1u << lane;
  if (all_came) {
    for_each_lane([&](unsigned i) { all_came &= i == lane || came(first + i, operation); });
  }
  if (!all_came) {
    waiting |= 1u << lane;
    wait(State::in_warp_operation);
    return;
  }
  Meeting meeting{*this, operation, first};
  std::uint32_t latest = 0;
  for_each_lane([&](unsigned i) {
    meeting.brought[i] = threads_[first + i].brought;
    latest = std::max(latest, threads_[first + i].warp_interval);
  });
  perform(meeting);
  for_each_lane([&](unsigned i) {
    threads_[first + i].state = State::ready;
    if (operation.orders_memory) threads_[first + i].warp_interval = latest + 1;
  });
  waiting &= ~mask;
}

Lanes Block::exchange(const char* operation, unsigned mask, std::uint64_t value, bool orders_memory,
                      SourcePlace place) {
  struct Exchange {
    std::uint64_t value;
    Lanes received;
  } mine{value, {}};
  meet({operation, place, mask, orders_memory}, &mine, [](const Meeting& meeting) {
    Lanes values{};
    for (unsigned i = 0; i < warp_size; ++i) {
      if (meeting.brought[i] != nullptr) values[i] = meeting.of<Exchange>(i).value;
    }
    for (unsigned i = 0; i < warp_size; ++i) {
      if (meeting.brought[i] != nullptr) meeting.of<Exchange>(i).received = values;
    }
  });
  return mine.received;
}

std::string Block::waiting_text(unsigned id) const {
  const Thread& thread = threads_[id];
  const std::string who = thread_text(id);
  switch (thread.state) {
    case State::at_barrier:
      return who + " waits at __syncthreads(): " + thread.place.text();
    case State::in_warp_operation:
      return who + " waits in " + thread.operation.name + " with mask " +
             mask_text(thread.operation.mask) + ": " + thread.operation.place.text();
    case State::exited:
      return who + " has returned";
    case State::ready:
      break;
  }
  return who + " can run";
}

/// The first thread that waits in vain, and one that it waits for.
void Block::report_stuck() const {
  const auto count = static_cast<unsigned>(threads_.size());
  for (unsigned id = 0; id < count; ++id) {
    const Thread& thread = threads_[id];
    if (thread.state != State::in_warp_operation) continue;
    for (unsigned lane = 0; lane < warp_size; ++lane) {
      const unsigned other = id - id % warp_size + lane;
      if ((thread.operation.mask >> lane & 1) == 0) continue;
      if (other >= count) {
        report("mask with lanes that do not exist", {waiting_text(id)});
      }
      if (!came(other, thread.operation)) {
        report("operation of a warp that not all lanes of its mask reach",
               {waiting_text(id), waiting_text(other)});
      }
    }
  }
  const auto waits = std::find_if(threads_.begin(), threads_.end(), [](const Thread& thread) {
    return thread.state == State::at_barrier;
  });
  const auto elsewhere = std::find_if(threads_.begin(), threads_.end(), [&](const Thread& thread) {
    return thread.state != State::at_barrier || !(thread.place == waits->place);
  });
  report("barrier that not all threads reach",
         {waiting_text(static_cast<unsigned>(waits - threads_.begin())),
          waiting_text(static_cast<unsigned>(elsewhere - threads_.begin()))});
}

}  // namespace breakeven::host
