/// An RTSP camera by GStreamer's gst-rtsp-server: an implementation that shares nothing with ours, for
/// interoperability tests. Plays one MP4 or MOV file (H.264 or H.265), in real time, once per session.
/// Usage: gst_camera FILE h264|h265 tcp|udp|both [audio=aac|pcma|pcmu] [address=A] [USER PASSWORD]
///        prints the port, serves rtsp://A:PORT/cam; A is 127.0.0.1 unless given
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include <gst/gst.h>
#include <gst/rtsp-server/rtsp-server.h>

namespace {

void require_digest(GstRTSPServer* server, GstRTSPMediaFactory* factory, const char* user, const char* password) {
  GstRTSPAuth* auth = gst_rtsp_auth_new();
  gst_rtsp_auth_set_supported_methods(auth, GST_RTSP_AUTH_DIGEST);
  GstRTSPToken* token =
      gst_rtsp_token_new(GST_RTSP_TOKEN_MEDIA_FACTORY_ROLE, G_TYPE_STRING, "viewer", static_cast<char*>(nullptr));
  gst_rtsp_auth_add_digest(auth, user, password, token);
  gst_rtsp_token_unref(token);
  gst_rtsp_server_set_auth(server, auth);
  g_object_unref(auth);
  GstRTSPPermissions* permissions = gst_rtsp_permissions_new();
  gst_rtsp_permissions_add_role(permissions, "viewer", GST_RTSP_PERM_MEDIA_FACTORY_ACCESS, G_TYPE_BOOLEAN, TRUE,
                                GST_RTSP_PERM_MEDIA_FACTORY_CONSTRUCT, G_TYPE_BOOLEAN, TRUE,
                                static_cast<char*>(nullptr));
  gst_rtsp_media_factory_set_permissions(factory, permissions);
  gst_rtsp_permissions_unref(permissions);
}

GstRTSPLowerTrans transports(const char* name) {
  if (std::strcmp(name, "tcp") == 0) return GST_RTSP_LOWER_TRANS_TCP;
  if (std::strcmp(name, "udp") == 0) return GST_RTSP_LOWER_TRANS_UDP;
  return static_cast<GstRTSPLowerTrans>(GST_RTSP_LOWER_TRANS_TCP | GST_RTSP_LOWER_TRANS_UDP);
}

/// The part of the pipeline that sends sound, or nothing.
std::string audio_branch(const std::string& codec) {
  if (codec == "aac") return " demux.audio_0 ! queue ! aacparse ! rtpmp4gpay name=pay1 pt=97";
  if (codec == "pcma") return " demux.audio_0 ! queue ! rtppcmapay name=pay1 pt=8";
  if (codec == "pcmu") return " demux.audio_0 ! queue ! rtppcmupay name=pay1 pt=0";
  return "";
}

/// The value of NAME=VALUE among the options, which is then taken out.
std::string take_option(std::vector<std::string>& options, const std::string& name, const char* fallback) {
  for (auto at = options.begin(); at != options.end(); ++at) {
    if (at->rfind(name + "=", 0) != 0) continue;
    const std::string value = at->substr(name.size() + 1);
    options.erase(at);
    return value;
  }
  return fallback;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> options(argv + std::min(argc, 4), argv + argc);
  const std::string audio = take_option(options, "audio", "");
  const std::string address = take_option(options, "address", "127.0.0.1");
  if (argc < 4 || (options.size() != 0 && options.size() != 2)) {
    std::fprintf(stderr,
                 "usage: gst_camera FILE h264|h265 tcp|udp|both [audio=aac|pcma|pcmu] [address=A] [USER PASSWORD]\n");
    return 2;
  }
  gst_init(nullptr, nullptr);
  const std::string codec = argv[2];
  GstRTSPServer* server = gst_rtsp_server_new();
  gst_rtsp_server_set_address(server, address.c_str());
  gst_rtsp_server_set_service(server, "0");
  GstRTSPMediaFactory* factory = gst_rtsp_media_factory_new();
  const std::string launch = "( filesrc location=\"" + std::string(argv[1]) +
                             "\" ! qtdemux name=demux demux.video_0 ! queue ! " + codec + "parse ! rtp" + codec +
                             "pay name=pay0 pt=96 config-interval=-1" + audio_branch(audio) + " )";
  gst_rtsp_media_factory_set_launch(factory, launch.c_str());
  gst_rtsp_media_factory_set_protocols(factory, transports(argv[3]));
  if (!options.empty()) require_digest(server, factory, options[0].c_str(), options[1].c_str());
  GstRTSPMountPoints* mounts = gst_rtsp_server_get_mount_points(server);
  gst_rtsp_mount_points_add_factory(mounts, "/cam", factory);
  g_object_unref(mounts);
  if (gst_rtsp_server_attach(server, nullptr) == 0) {
    std::fprintf(stderr, "cannot listen\n");
    return 1;
  }
  std::printf("%d\n", gst_rtsp_server_get_bound_port(server));
  std::fflush(stdout);
  g_main_loop_run(g_main_loop_new(nullptr, FALSE));
  return 0;
}
