#include "core/condition_texts.h"

#include <fmt/format.h>

namespace vonggac::core {

using ipc::StreamReason;

Sentence sentence_of(StreamReason reason) {
  switch (reason) {
    case StreamReason::kNone:
      return {"", ""};
    case StreamReason::kCameraUnreachable:
      return {"Không liên lạc được với camera: kiểm tra nguồn điện và dây mạng.",
              "The camera does not answer: check its power and network cable."};
    case StreamReason::kConnectionRefused:
      return {"Thiết bị từ chối kết nối: kiểm tra địa chỉ, cổng và dịch vụ RTSP của camera.",
              "The device refuses the connection: check the address, the port and the camera's RTSP service."};
    case StreamReason::kLinkLost:
      return {"Mất kết nối với camera; đang kết nối lại.", "The connection to the camera was lost; reconnecting."};
    case StreamReason::kTimedOut:
      return {"Camera trả lời quá chậm; đang thử lại.", "The camera answers too slowly; trying again."};
    case StreamReason::kNoMedia:
      return {"Camera nhận kết nối nhưng không gửi hình: khởi động lại camera nếu kéo dài.",
              "The camera accepts the connection but sends no picture: restart it if this goes on."};
    case StreamReason::kAuthRefused:
      return {"Camera không chấp nhận tài khoản hoặc mật khẩu: nhập lại bằng lệnh camera set.",
              "The camera refuses the user name or password: set them again with camera set."};
    case StreamReason::kNotFound:
      return {"Camera không có luồng hình ở đường dẫn này: kiểm tra địa chỉ RTSP.",
              "The camera has no stream at this path: check the RTSP address."};
    case StreamReason::kProtocolError:
      return {"Không hiểu được trả lời của camera; đang thử lại.",
              "The camera's answers cannot be understood; trying again."};
    case StreamReason::kUnsupportedCodec:
      return {"Camera không gửi H.264 hoặc H.265: chọn một trong hai trong cài đặt camera.",
              "The camera sends neither H.264 nor H.265: choose one of them in the camera's settings."};
    case StreamReason::kForbiddenAddress:
      return {"Địa chỉ nằm ngoài mạng camera được phép (network.camera_networks).",
              "The address is outside the permitted camera networks (network.camera_networks)."};
    case StreamReason::kRateExceeded:
      return {"Camera gửi vượt xa mức cho phép: giảm tốc độ bit hoặc số khung hình.",
              "The camera sends far more than permitted: lower its bit rate or frame rate."};
    case StreamReason::kWorkerDied:
      return {"Dữ liệu của camera làm hỏng tiến trình đọc; camera được tách riêng và thử lại.",
              "The camera's data ended the process that reads it; it is kept apart and tried again."};
    case StreamReason::kStoppedByUser:
      return {"Đã dừng theo yêu cầu.", "Stopped on request."};
    case StreamReason::kServiceStopped:
      return {"Dịch vụ đã dừng.", "The service has stopped."};
    case StreamReason::kTransportRefused:
      return {"Camera không nhận cách truyền này; đang thử cách khác.",
              "The camera refuses this transport; trying the other one."};
  }
  return {"", ""};
}

LossSentence loss_sentence(LossRemedy remedy, double percent) {
  LossSentence sentence{fmt::format("Mất {:.0f} % dữ liệu trên đường truyền, hình có thể vỡ: ", percent),
                        fmt::format("{:.0f} % of the data is lost on the way, pictures may be broken: ", percent)};
  switch (remedy) {
    case LossRemedy::kNone:
      return {};
    case LossRemedy::kUdpOnly:
      sentence.vi += "camera này chỉ gửi được qua UDP; kiểm tra dây mạng, sóng Wi-Fi và bộ chia mạng.";
      sentence.en += "this camera only sends over UDP; check the cable, the wireless link and the switch.";
      break;
    case LossRemedy::kChooseTcp:
      sentence.vi += "đặt cách truyền của camera là tcp hoặc auto (camera set --transport).";
      sentence.en += "set the camera's transport to tcp or auto (camera set --transport).";
      break;
    case LossRemedy::kCameraSide:
      sentence.vi += "camera gửi thiếu dù qua TCP; giảm tốc độ bit hoặc xem lại Wi-Fi của camera.";
      sentence.en +=
          "the camera leaves it out although it sends over TCP; lower its bit rate or see to its wireless link.";
      break;
  }
  return sentence;
}

}  // namespace vonggac::core
