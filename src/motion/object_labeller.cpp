#include "motion/object_labeller.h"

#include <algorithm>
#include <utility>

namespace vonggac::motion {

ObjectLabeller::ObjectLabeller(Classifier& classifier, CpuClock cpu_us)
    : classifier_(classifier), cpu_us_(std::move(cpu_us)) {}

void ObjectLabeller::submit(LabelRequest request, base::MonoTime now) {
  if (!failed_.empty()) return;
  if (waiting_.size() >= kMaxWaiting) {
    waiting_.pop_front();
    ++dropped_;
  }
  waiting_.push_back({std::move(request), now});
}

bool ObjectLabeller::due(base::MonoTime now) {
  if (waiting_.empty() || !failed_.empty() || now < paid_until_) return false;
  return waiting_.size() >= classifier_.max_batch() || now - waiting_.front().since >= kGather;
}

std::vector<LabelResult> ObjectLabeller::work(base::MonoTime now) {
  std::vector<LabelResult> results;
  if (!due(now)) return results;
  std::vector<Waiting> batch;
  while (!waiting_.empty() && batch.size() < classifier_.max_batch()) {
    batch.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  std::vector<const media::av::RgbCrop*> crops;
  for (const Waiting& one : batch) crops.push_back(&one.request.crop);
  asked_ += crops.size();
  const std::int64_t before_us = cpu_us_();
  const base::Result<std::vector<media::ObjectLabel>> labels = classifier_.classify(crops);
  const auto spent_us = static_cast<double>(cpu_us_() - before_us);
  paid_until_ = now + base::Micros(static_cast<std::int64_t>(spent_us / kCpuShare));
  if (!labels || labels->size() != batch.size()) {
    if (++errors_ < kErrorsInARow) return results;
    failed_ = labels ? std::string("it answered for another number of pictures") : labels.error().message();
    waiting_.clear();
    return results;
  }
  errors_ = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const LabelRequest& request = batch[i].request;
    if ((*labels)[i].object_class == media::ObjectClass::kNone) continue;
    results.push_back({request.slot, request.generation, request.event, (*labels)[i]});
  }
  return results;
}

}  // namespace vonggac::motion
