#include "ipc/motion_texts.h"

namespace vonggac::ipc {

Sentence sentence_of(MotionReason reason) {
  switch (reason) {
    case MotionReason::kUnknown:
      return {"", ""};
    case MotionReason::kTravelled:
      return {"Có vật di chuyển một quãng, như người hoặc xe.", "Something travelled, as people and vehicles do."};
    case MotionReason::kLargeChange:
      return {"Vật lớn đang thay đổi bên trong, như xe rời chỗ đỗ.",
              "Something large changed inside, as a vehicle that leaves its place."};
    case MotionReason::kOtherPlace:
      return {"Giữa hai khung hình khoá, vật đã đổi chỗ.", "Between two key pictures something changed its place."};
    case MotionReason::kNothingMoves:
      return {"Không còn gì chuyển động.", "Nothing has moved for a moment."};
    case MotionReason::kCameToRest:
      return {"Vật đã đứng yên.", "It came to rest."};
    case MotionReason::kStreamEnded:
      return {"Hình từ camera ngừng, hoặc ngừng phân tích.", "The pictures stopped, or analysis did."};
    case MotionReason::kPictureChanged:
      return {"Cỡ hình hoặc thời gian của luồng đổi; đang học lại nền.",
              "The picture's size or time axis changed; the background is learned anew."};
  }
  return {"", ""};
}

Sentence sentence_of(TamperKind kind) {
  switch (kind) {
    case TamperKind::kNone:
      return {"", ""};
    case TamperKind::kCovered:
      return {"Ống kính bị che: hãy xem camera.", "The lens is covered: look after the camera."};
    case TamperKind::kDefocused:
      return {"Hình bị mờ, mất nét: lau ống kính hoặc chỉnh nét.",
              "The picture is out of focus: clean the lens or set the focus."};
    case TamperKind::kMoved:
      return {
          "Camera bị xoay khỏi góc nhìn cũ: xoay lại, hoặc nhận góc nhìn mới bằng lệnh camera accept-view.",
          "The camera was turned away from its view: turn it back, or accept the new view with camera accept-view."};
    case TamperKind::kBlack:
      return {"Hình đen hoàn toàn, không có nhiễu: kiểm tra camera và ống kính.",
              "The picture is black without any noise: check the camera and its lens."};
    case TamperKind::kFrozen:
      return {"Hình đứng yên, camera gửi lại đúng một khung hình: khởi động lại camera.",
              "The picture is frozen, the camera sends the same one again and again: restart it."};
  }
  return {"", ""};
}

Sentence sentence_of(MotionVerdict verdict) {
  switch (verdict) {
    case MotionVerdict::kMoves:
      return {"Di chuyển như người hoặc xe.", "Moves as people and vehicles do."};
    case MotionVerdict::kTooFewPictures:
      return {"Chưa thấy đủ số khung hình.", "Not seen in enough pictures."};
    case MotionVerdict::kNoChange:
      return {"Khác nền nhưng bên trong không đổi, như bóng hoặc vật để lại.",
              "Differs from the background, but nothing changes inside, as a shadow or something left behind."};
    case MotionVerdict::kLikeAnInsect:
      return {"Chỉ sáng hơn nền, nhoè, rất nhanh hoặc bay lượn, như côn trùng hay mưa.",
              "Only brighter than the background, blurred, quick or erratic, as insects and rain are."};
    case MotionVerdict::kTooLittleTravel:
      return {"Chưa rời khỏi chỗ.", "Has not left its place."};
    case MotionVerdict::kNotStraight:
      return {"Đi tới đi lui, như cành lá.", "Goes to and fro, as leaves do."};
    case MotionVerdict::kUnstableSize:
      return {"Kích thước thay đổi thất thường.", "Its size jumps."};
    case MotionVerdict::kLearning:
      return {"Đang học lại nền (vừa khởi động hoặc ánh sáng vừa đổi).",
              "The background is being learned (just started, or the light just changed)."};
    case MotionVerdict::kOutsideZones:
      return {"Di chuyển ngoài vùng giám sát.", "Moves outside the watched zones."};
    case MotionVerdict::kLikeLight:
      return {
          "Vẫn thấy nền phía sau hoặc không có đường nét, như vệt sáng, sương, vật sát ống kính.",
          "What is behind it stays visible, or it has no edges, as a beam of light, haze or something at the lens."};
  }
  return {"", ""};
}

}  // namespace vonggac::ipc
