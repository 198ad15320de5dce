/// A camera's description: any bytes give a choice of tracks or an error. Links vonggac_ingest.
#include <cstdlib>

#include "ingest/rtsp_url.h"
#include "ingest/sdp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vonggac;
  const auto sdp = ingest::parse_sdp({data, size});
  if (!sdp) return 0;
  const ingest::TrackChoice choice = ingest::choose_tracks(*sdp);
  static const ingest::RtspUrl request = ingest::parse_rtsp_url("rtsp://10.0.0.2:554/live?x=1").value();
  const std::string base = ingest::base_url(request, sdp->control);
  for (const auto& track : {choice.video, choice.audio}) {
    if (!track) continue;
    for (const std::string& url : ingest::control_urls(request, base, track->control)) {
      // CAM-14: whatever the description says, the host is the stored one.
      const auto parsed = ingest::parse_rtsp_url(url);
      if (!parsed || parsed->host != "10.0.0.2" || parsed->port != 554) std::abort();
    }
    const auto receiver = ingest::TrackReceiver::create(track->description, {});
    if (receiver && (*receiver)->stats().packets != 0) std::abort();
  }
  return 0;
}
