#include "intake/import_words.h"

#include <array>

namespace vonggac::intake {
namespace {

using catalogue::NamedCode;

constexpr std::array<NamedCode, 4> kOutcomeWords{{{"new", "mới", "new"},
                                                  {"there", "đã có", "known"},
                                                  {"duplicate", "trùng", "duplicate"},
                                                  {"wrong", "lỗi", "wrong"}}};
constexpr std::array<NamedCode, 3> kChoiceWords{
    {{"make", "đăng ký", "register"}, {"skip", "bỏ qua", "skip"}, {"merge", "gộp", "merge"}}};
constexpr std::array<NamedCode, 3> kStateWords{{{"dry", "chưa ghi vào sổ", "nothing registered yet"},
                                                {"applied", "đã ghi vào sổ", "registered"},
                                                {"undone", "đã hoàn tác", "taken back"}}};

}  // namespace

std::span<const NamedCode> outcome_words() { return kOutcomeWords; }
std::span<const NamedCode> choice_words() { return kChoiceWords; }
std::span<const NamedCode> import_state_words() { return kStateWords; }

}  // namespace vonggac::intake
