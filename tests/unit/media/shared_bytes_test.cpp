#include "media/shared_bytes.h"

#include <gtest/gtest.h>

namespace vonggac::media {
namespace {

TEST(SharedBytes, IsNullUntilItHasAnOwner) {
  SharedBytes payload;
  EXPECT_FALSE(payload);
  EXPECT_TRUE(payload == nullptr);
  EXPECT_TRUE(payload->empty());
  payload = std::make_shared<const base::Bytes>();
  EXPECT_TRUE(payload);  // empty, but there
  payload.reset();
  EXPECT_FALSE(payload);
  EXPECT_FALSE(SharedBytes(std::shared_ptr<const base::Bytes>()));
}

TEST(SharedBytes, KeepsTheBlockAliveAsLongAsOnePartOfItIsInUse) {
  auto block = std::make_shared<base::Bytes>(base::Bytes{1, 2, 3, 4, 5});
  const std::weak_ptr<base::Bytes> watch = block;
  SharedBytes first(block, base::ByteSpan(*block).first(2));
  SharedBytes second(block, base::ByteSpan(*block).subspan(2));
  block.reset();
  EXPECT_EQ(*first, (base::Bytes{1, 2}));
  EXPECT_EQ(*second, (base::Bytes{3, 4, 5}));
  first = nullptr;
  EXPECT_FALSE(watch.expired());
  const SharedBytes copy = std::move(second);
  second.reset();
  EXPECT_EQ(copy->size(), 3U);
  EXPECT_FALSE(watch.expired());
}

TEST(SharedBytes, ComparesByContent) {
  const SharedBytes payload = std::make_shared<base::Bytes>(base::Bytes{7, 8});
  EXPECT_EQ(*payload, (base::Bytes{7, 8}));
  EXPECT_FALSE(*payload == (base::Bytes{7, 9}));
  EXPECT_FALSE(*payload == (base::Bytes{7}));
}

}  // namespace
}  // namespace vonggac::media
