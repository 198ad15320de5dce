/// An RTSP camera by GStreamer's gst-rtsp-server: an implementation that shares nothing with ours, for
/// interoperability tests. Plays one MP4 file (H.264 or H.265), in real time, once per session.
/// Usage: gst_camera FILE h264|h265 tcp|udp|both [USER PASSWORD]   prints the port, serves rtsp://127.0.0.1:PORT/cam
#include <cstdio>
#include <cstring>
#include <string>

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

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4 && argc != 6) {
    std::fprintf(stderr, "usage: gst_camera FILE h264|h265 tcp|udp|both [USER PASSWORD]\n");
    return 2;
  }
  gst_init(nullptr, nullptr);
  const std::string codec = argv[2];
  GstRTSPServer* server = gst_rtsp_server_new();
  gst_rtsp_server_set_address(server, "127.0.0.1");
  gst_rtsp_server_set_service(server, "0");
  GstRTSPMediaFactory* factory = gst_rtsp_media_factory_new();
  const std::string launch = "( filesrc location=\"" + std::string(argv[1]) + "\" ! qtdemux ! " + codec +
                             "parse ! rtp" + codec + "pay name=pay0 pt=96 config-interval=-1 )";
  gst_rtsp_media_factory_set_launch(factory, launch.c_str());
  gst_rtsp_media_factory_set_protocols(factory, transports(argv[3]));
  if (argc == 6) require_digest(server, factory, argv[4], argv[5]);
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
