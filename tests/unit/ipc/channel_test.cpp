#include "ipc/channel.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace vonggac::ipc {
namespace {

struct Pair {
  Pair() {
    int fds[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    left = std::make_unique<Channel>(base::UniqueFd(fds[0]));
    right = std::make_unique<Channel>(base::UniqueFd(fds[1]));
  }
  std::unique_ptr<Channel> left, right;
};

TEST(Channel, DeliversMessagesInOrder) {
  Pair pair;
  ASSERT_TRUE(pair.left->send(StopStream{1, 10}).ok());
  ASSERT_TRUE(pair.left->send(SetWatched{2, true}).ok());
  auto received = pair.right->receive();
  ASSERT_TRUE(received.has_value());
  ASSERT_EQ(received->size(), 2U);
  EXPECT_EQ(std::get<StopStream>((*received)[0].message).generation, 10U);
  EXPECT_TRUE(std::get<SetWatched>((*received)[1].message).watched);
}

TEST(Channel, DescriptorsTravelWithTheirMessage) {
  Pair pair;
  std::vector<base::UniqueFd> two;
  two.emplace_back(eventfd(7, 0));
  two.emplace_back(eventfd(8, 0));
  ASSERT_TRUE(pair.left->send(StopStream{}).ok());
  ASSERT_TRUE(pair.left->send(UdpSockets{}, std::move(two)).ok());
  auto received = pair.right->receive();
  ASSERT_TRUE(received.has_value());
  ASSERT_EQ(received->size(), 2U);
  EXPECT_TRUE((*received)[0].fds.empty());
  ASSERT_EQ((*received)[1].fds.size(), 2U);
  std::uint64_t value = 0;
  ASSERT_EQ(read((*received)[1].fds[1].get(), &value, sizeof value), 8);
  EXPECT_EQ(value, 8U);
}

TEST(Channel, MessageWithoutItsDescriptorsIsMalformed) {
  Pair pair;
  ASSERT_TRUE(pair.left->send(UdpSockets{}).ok());
  const auto received = pair.right->receive();
  ASSERT_FALSE(received.has_value());
  EXPECT_EQ(received.error().kind(), base::ErrorKind::kDataLoss);
}

TEST(Channel, LargeMessageArrivesWholeAcrossManyReads) {
  Pair pair;
  ControlRequest big{5, std::string(3'000'000, 'x')};
  ASSERT_TRUE(pair.left->send(big).ok());
  std::vector<Received> all;
  while (all.empty()) {
    ASSERT_TRUE(pair.left->flush().ok());
    auto received = pair.right->receive();
    ASSERT_TRUE(received.has_value());
    for (auto& r : *received) all.push_back(std::move(r));
  }
  EXPECT_EQ(std::get<ControlRequest>(all[0].message).json, big.json);
}

TEST(Channel, ImpossibleLengthEndsThePeer) {
  int fds[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
  Channel channel{base::UniqueFd(fds[0])};
  const base::UniqueFd raw(fds[1]);
  const std::uint8_t bytes[] = {0xff, 0xff, 0xff, 0xff, 0, 0};
  ASSERT_EQ(write(raw.get(), bytes, sizeof bytes), 6);
  const auto received = channel.receive();
  ASSERT_FALSE(received.has_value());
  EXPECT_EQ(received.error().kind(), base::ErrorKind::kDataLoss);
}

TEST(Channel, ClosedPeerIsUnavailableAfterTheLastMessage) {
  Pair pair;
  ASSERT_TRUE(pair.left->send(Shutdown{}).ok());
  pair.left.reset();
  auto received = pair.right->receive();
  ASSERT_TRUE(received.has_value());
  EXPECT_EQ(received->size(), 1U);
  EXPECT_EQ(pair.right->receive().error().kind(), base::ErrorKind::kUnavailable);
}

TEST(Channel, QueueIsBoundedInBytes) {
  Pair pair;
  base::Status status;
  for (int i = 0; i < 20 && status.ok(); ++i) status = pair.left->send(ControlReply{1, std::string(3'900'000, 'y')});
  EXPECT_EQ(status.kind(), base::ErrorKind::kNoSpace);
  EXPECT_LE(pair.left->queued_bytes(), Channel::kMaxQueuedBytes);
}

}  // namespace
}  // namespace vonggac::ipc
