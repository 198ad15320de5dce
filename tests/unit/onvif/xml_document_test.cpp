#include "onvif/xml_document.h"

#include <gtest/gtest.h>

namespace vonggac::onvif {
namespace {

TEST(XmlDocument, NamesAreComparedWithoutTheirPrefixes) {
  const auto document = XmlDocument::parse("<a:Envelope xmlns:a='x'><Body><q:Uri>rtsp://1</q:Uri></Body></a:Envelope>");
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ(text_of(document->root(), "Uri"), "rtsp://1");
  EXPECT_TRUE(child(document->root(), "Body"));
  EXPECT_FALSE(child(document->root(), "Uri")) << "only a descendant";
}

TEST(XmlDocument, DocumentTypesAndEntitiesAreRefused) {
  EXPECT_FALSE(XmlDocument::parse("<!DOCTYPE x [<!ENTITY e 'e'>]><a>&e;</a>").has_value());
  EXPECT_FALSE(XmlDocument::parse("<!DOCTYPE x SYSTEM 'file:///etc/passwd'><a/>").has_value());
  const auto unknown = XmlDocument::parse("<a><Uri>&other;</Uri></a>");
  ASSERT_TRUE(unknown.has_value());
  EXPECT_EQ(text_of(unknown->root(), "Uri"), "&other;") << "left as it stands";
}

TEST(XmlDocument, SizeDepthAndNumberOfPartsAreBounded) {
  EXPECT_FALSE(XmlDocument::parse(std::string(kMaxXmlBytes + 1, 'a')).has_value());
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  EXPECT_FALSE(XmlDocument::parse(deep).has_value()) << "not closed";
  for (int i = 0; i < 100'000; ++i) deep += "</a>";
  EXPECT_FALSE(XmlDocument::parse(deep).has_value()) << "deep";
  std::string many = "<a>";
  for (int i = 0; i < 200'000; ++i) many += "<b/>";
  EXPECT_FALSE(XmlDocument::parse(many + "</a>").has_value());
  EXPECT_FALSE(XmlDocument::parse("").has_value());
  EXPECT_FALSE(XmlDocument::parse("HTTP").has_value());
}

TEST(XmlDocument, TextForPeopleHasNoControlCharactersAndIsWholeUtf8) {
  EXPECT_EQ(clean_text("  Cổng trường\r\n "), "Cổng trường");
  EXPECT_EQ(clean_text("a\x1b[31mb"), "a?[31mb");
  EXPECT_EQ(clean_text("a\xff\xfe"
                       "b"),
            "a??b");
  EXPECT_EQ(clean_text("\xed\xa0\x80"), "???") << "half a surrogate pair";
  EXPECT_EQ(clean_text("ếếế", 4), "ế") << "no letter is cut in two";
}

TEST(XmlDocument, NumbersOutOfRangeAreNotThere) {
  const auto document = XmlDocument::parse("<a><W>1920</W><F>25.0</F><N>-3</N><X>1e9</X><T>12px</T></a>");
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ(number_of(document->root(), "W", 16'384, 0), 1920);
  EXPECT_EQ(number_of(document->root(), "F", 240, 0), 25);
  EXPECT_EQ(number_of(document->root(), "N", 240, 7), 7);
  EXPECT_EQ(number_of(document->root(), "X", 240, 7), 7);
  EXPECT_EQ(number_of(document->root(), "T", 240, 7), 7);
}

TEST(XmlDocument, WhatGoesIntoXmlIsEscaped) { EXPECT_EQ(escaped("a<b>&\"'\x01"), "a&lt;b&gt;&amp;&quot;&apos;"); }

}  // namespace
}  // namespace vonggac::onvif
