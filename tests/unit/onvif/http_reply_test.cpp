#include "onvif/http_reply.h"

#include <gtest/gtest.h>

namespace vonggac::onvif {
namespace {

/// Fed in pieces of one byte and of all at once, with the same result.
HttpReply read(const std::string& text, bool close = false) {
  HttpReply slow, quick;
  for (const char c : text) EXPECT_TRUE(slow.feed({&c, 1}).ok());
  EXPECT_TRUE(quick.feed(text).ok());
  if (close) {
    EXPECT_TRUE(slow.on_closed().ok());
    EXPECT_TRUE(quick.on_closed().ok());
  }
  EXPECT_TRUE(slow.done() && quick.done());
  EXPECT_EQ(slow.body(), quick.body());
  EXPECT_EQ(slow.status(), quick.status());
  return quick;
}

TEST(HttpReply, ABodyEndsByItsLength) {
  const HttpReply reply = read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello");
  EXPECT_EQ(reply.status(), 200);
  EXPECT_EQ(reply.body(), "hello");
  EXPECT_TRUE(reply.keeps_alive());
}

TEST(HttpReply, ABodyEndsByItsLastChunk) {
  const HttpReply reply =
      read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nT: x\r\n\r\n");
  EXPECT_EQ(reply.body(), "hello world");
}

TEST(HttpReply, ABodyEndsWithTheConnection) {
  const HttpReply reply = read("HTTP/1.0 200 OK\nServer: x\n\nhello", true);
  EXPECT_EQ(reply.body(), "hello");
  EXPECT_FALSE(reply.keeps_alive());
}

TEST(HttpReply, ContinueIsPassedOver) {
  const HttpReply reply = read(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 No\r\nWWW-Authenticate: Digest a\r\n"
      "www-authenticate: Basic b\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(reply.status(), 401);
  EXPECT_EQ(reply.all("WWW-AUTHENTICATE").size(), 2U);
}

TEST(HttpReply, WhatIsNoHttpIsRefused) {
  for (const char* text :
       {"SSH-2.0-OpenSSH\r\n", "RTSP/1.0 200 OK\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"}) {
    HttpReply reply;
    EXPECT_FALSE(reply.feed(text).ok()) << text;
  }
}

TEST(HttpReply, HeadAndBodyAreBounded) {
  HttpReply head;
  EXPECT_FALSE(head.feed("HTTP/1.1 200 OK\r\nX: " + std::string(kMaxHttpHeadBytes, 'a')).ok());
  HttpReply told;
  EXPECT_FALSE(told.feed("HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n").ok());
  HttpReply endless;
  base::Status status = endless.feed("HTTP/1.1 200 OK\r\n\r\n");
  for (int i = 0; i < 20 && status.ok(); ++i) status = endless.feed(std::string(100'000, 'a'));
  EXPECT_FALSE(status.ok());
  HttpReply chunks;
  status = chunks.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 20 && status.ok(); ++i) status = chunks.feed("186a0\r\n" + std::string(100'000, 'a') + "\r\n");
  EXPECT_FALSE(status.ok());
}

TEST(HttpReply, ACloseInTheMiddleIsNoAnswer) {
  HttpReply reply;
  EXPECT_TRUE(reply.feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel").ok());
  EXPECT_FALSE(reply.on_closed().ok());
}

}  // namespace
}  // namespace vonggac::onvif
