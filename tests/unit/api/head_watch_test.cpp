#include "api/head_watch.h"

#include <string>

#include <gtest/gtest.h>

namespace vonggac::api {
namespace {

using State = HeadWatch::State;

State after(std::string_view bytes) { return HeadWatch().feed(bytes); }

TEST(HeadWatch, SeesTheEndOfAHeadWhicheverPiecesItComesIn) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t cut = 0; cut < head.size(); ++cut) {
    HeadWatch watch;
    EXPECT_EQ(watch.feed(std::string_view(head).substr(0, cut)), State::kMore) << cut;
    EXPECT_EQ(watch.feed(std::string_view(head).substr(cut)), State::kWhole) << cut;
  }
}

TEST(HeadWatch, LooksAtNothingAfterTheHead) {
  HeadWatch watch;
  EXPECT_EQ(watch.feed(std::string_view("POST / HTTP/1.1\r\n\r\n\n\0 body", 26)), State::kWhole);
  EXPECT_EQ(watch.seen_bytes(), 19U);
}

TEST(HeadWatch, LetsEmptyLinesBeforeTheRequestPass) {
  EXPECT_EQ(after("\r\n\r\nGET / HTTP/1.1\r\n\r\n"), State::kWhole);
}

TEST(HeadWatch, RefusesWhatTwoProgramsReadDifferently) {
  using namespace std::string_view_literals;
  for (const std::string_view bytes :
       {"GET / HTTP/1.1\nHost: a\r\n\r\n"sv, "GET / HTTP/1.1\r\nHost: a\n\r\n"sv, "GET / HTTP/1.1\r\nHost: a\n\n"sv,
        "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"sv, "GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n"sv,
        "GET / HTTP/1.1\r\nX: a\r\n\tb\r\n\r\n"sv, "GET / HTTP/1.1\r\n X: a\r\n\r\n"sv,
        "GET / HTTP/1.1\r\nX: a\0b\r\n\r\n"sv, "\x16\x03\x01\x02"sv, " GET / HTTP/1.1\r\n\r\n"sv, "\nGET"sv}) {
    EXPECT_EQ(after(bytes), State::kBroken) << bytes;
  }
}

}  // namespace
}  // namespace vonggac::api
