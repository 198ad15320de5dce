/// vgmotion: the motion engine as a GStreamer element. Pictures pass through unchanged; what moves is told as element
/// messages and as region-of-interest metadata. docs/reference/gstreamer.md
/// Threads  as GStreamer: properties from any thread, pictures on the streaming thread.
#include <exception>
#include <memory>
#include <mutex>
#include <string>

#include <gst/base/gstbasetransform.h>
#include <gst/gst.h>
#include <gst/video/gstvideometa.h>
#include <gst/video/video.h>

#include "plugins/gstreamer/picture_watch.h"
#include "plugins/gstreamer/zone_text.h"

GST_DEBUG_CATEGORY_STATIC(vgmotion_debug);
#define GST_CAT_DEFAULT vgmotion_debug

namespace {

using vonggac::motion::EngineSettings;
using vonggac::motion::MovingBox;
using vonggac::vgmotion::Noticed;
using vonggac::vgmotion::PictureWatch;

constexpr int kLeastSensitivity = 1, kUsualSensitivity = 5, kMostSensitivity = 9;
constexpr const char* kFormats = "{ GRAY8, I420, YV12, NV12, NV21, Y42B, Y444, NV16 }";

/// What the element has in C++, behind the C structure GStreamer allocates.
struct State {
  std::mutex mutex;  ///< settings against the streaming thread
  EngineSettings settings;
  std::string zones_text, zones_problem;
  bool settings_changed = false;
  bool add_regions = true;
  std::unique_ptr<PictureWatch> watch;  ///< of the streaming thread
  GstVideoInfo info{};
};

}  // namespace

extern "C" {

struct VgMotion {
  GstBaseTransform parent;
  State* state;
};
struct VgMotionClass {
  GstBaseTransformClass parent_class;
};
GType vg_motion_get_type(void);
}

G_DEFINE_TYPE(VgMotion, vg_motion, GST_TYPE_BASE_TRANSFORM)

namespace {

enum Property { kNoProperty, kSensitivity, kZones, kRegions };

VgMotion* self_of(gpointer object) { return reinterpret_cast<VgMotion*>(object); }

void set_zones(State& state, const char* text) {
  state.zones_text = text == nullptr ? "" : text;
  state.zones_problem.clear();
  auto zones = vonggac::vgmotion::parse_zones(state.zones_text, state.zones_problem);
  if (zones) state.settings.zones = std::move(*zones);
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  State& state = *self_of(object)->state;
  const std::lock_guard lock(state.mutex);
  switch (id) {
    case kSensitivity:
      state.settings.sensitivity = g_value_get_int(value);
      break;
    case kZones:
      set_zones(state, g_value_get_string(value));
      if (!state.zones_problem.empty()) g_warning("vgmotion: zones: %s", state.zones_problem.c_str());
      break;
    case kRegions:
      state.add_regions = g_value_get_boolean(value) != FALSE;
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
      return;
  }
  state.settings_changed = true;
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  State& state = *self_of(object)->state;
  const std::lock_guard lock(state.mutex);
  switch (id) {
    case kSensitivity:
      g_value_set_int(value, state.settings.sensitivity);
      break;
    case kZones:
      g_value_set_string(value, state.zones_text.c_str());
      break;
    case kRegions:
      g_value_set_boolean(value, state.add_regions ? TRUE : FALSE);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
}

gboolean start(GstBaseTransform* base) {
  State& state = *self_of(base)->state;
  const std::lock_guard lock(state.mutex);
  if (!state.zones_problem.empty()) {
    GST_ELEMENT_ERROR(base, RESOURCE, SETTINGS, ("The zones are not understood."), ("%s", state.zones_problem.c_str()));
    return FALSE;
  }
  state.watch = std::make_unique<PictureWatch>(state.settings);
  state.settings_changed = false;
  return TRUE;
}

gboolean stop(GstBaseTransform* base) {
  self_of(base)->state->watch.reset();
  return TRUE;
}

gboolean set_caps(GstBaseTransform* base, GstCaps* in, GstCaps*) {
  return gst_video_info_from_caps(&self_of(base)->state->info, in);
}

struct PixelBox {
  guint x, y, w, h;
};

PixelBox pixels_of(const MovingBox& moving, const GstVideoInfo& info) {
  const auto width = static_cast<float>(GST_VIDEO_INFO_WIDTH(&info));
  const auto height = static_cast<float>(GST_VIDEO_INFO_HEIGHT(&info));
  const auto pixel = [](float value) { return static_cast<guint>(value < 0 ? 0 : value); };
  return {pixel(moving.box.x * width), pixel(moving.box.y * height), pixel(moving.box.w * width),
          pixel(moving.box.h * height)};
}

void add_boxes(GstStructure* structure, const Noticed& noticed, const GstVideoInfo& info) {
  GValue list = G_VALUE_INIT;
  g_value_init(&list, GST_TYPE_ARRAY);
  for (const MovingBox& moving : noticed.boxes) {
    const PixelBox box = pixels_of(moving, info);
    GValue one = G_VALUE_INIT;
    g_value_init(&one, GST_TYPE_STRUCTURE);
    g_value_take_boxed(&one, gst_structure_new("box", "x", G_TYPE_UINT, box.x, "y", G_TYPE_UINT, box.y, "w",
                                               G_TYPE_UINT, box.w, "h", G_TYPE_UINT, box.h, "score", G_TYPE_DOUBLE,
                                               static_cast<double>(moving.score), nullptr));
    gst_value_array_append_and_take_value(&list, &one);
  }
  gst_structure_take_value(structure, "boxes", &list);
}

/// `event` is "start", "move" or "end".
void post(GstBaseTransform* base, const char* event, const Noticed& noticed) {
  const State& state = *self_of(base)->state;
  const auto nanoseconds = [](std::int64_t time_us) { return static_cast<guint64>(time_us < 0 ? 0 : time_us) * 1000; };
  GstStructure* const structure = gst_structure_new(
      "vgmotion", "event", G_TYPE_STRING, event, "since", G_TYPE_UINT64, nanoseconds(noticed.begin_us), "start",
      G_TYPE_UINT64, nanoseconds(noticed.alarm_us), "end", G_TYPE_UINT64, nanoseconds(noticed.end_us), "score",
      G_TYPE_DOUBLE, static_cast<double>(noticed.score), "zone", G_TYPE_STRING, noticed.zone.c_str(), nullptr);
  add_boxes(structure, noticed, state.info);
  gst_element_post_message(GST_ELEMENT(base), gst_message_new_element(GST_OBJECT(base), structure));
}

void tell(GstBaseTransform* base, const Noticed& noticed) {
  if (noticed.ended) {
    Noticed over = noticed;
    over.boxes.clear();
    post(base, "end", over);
  }
  if (noticed.started) {
    post(base, "start", noticed);
  } else if (!noticed.boxes.empty()) {
    post(base, "move", noticed);
  }
}

void add_regions(GstBuffer* buffer, const Noticed& noticed, const GstVideoInfo& info) {
  for (const MovingBox& moving : noticed.boxes) {
    const PixelBox box = pixels_of(moving, info);
    GstVideoRegionOfInterestMeta* const meta =
        gst_buffer_add_video_region_of_interest_meta(buffer, "motion", box.x, box.y, box.w, box.h);
    if (meta == nullptr) continue;
    gst_video_region_of_interest_meta_add_param(
        meta, gst_structure_new("vgmotion", "score", G_TYPE_DOUBLE, static_cast<double>(moving.score), nullptr));
  }
}

/// Stream time where the segment gives one, else what stands on the buffer.
std::int64_t time_us_of(GstBaseTransform* base, const GstBuffer* buffer) {
  const GstClockTime pts = GST_BUFFER_PTS(buffer);
  if (!GST_CLOCK_TIME_IS_VALID(pts)) return -1;
  const guint64 stream_time = gst_segment_to_stream_time(&base->segment, GST_FORMAT_TIME, pts);
  const GstClockTime time = GST_CLOCK_TIME_IS_VALID(stream_time) ? stream_time : pts;
  return static_cast<std::int64_t>((time + 500) / 1000);
}

/// The luma plane is read where it lies; nothing is copied.
bool look_at(GstBaseTransform* base, GstBuffer* buffer, Noticed& noticed) {
  State& state = *self_of(base)->state;
  GstVideoFrame frame;
  const auto flags =
      static_cast<GstMapFlags>(static_cast<int>(GST_MAP_READ) | static_cast<int>(GST_VIDEO_FRAME_MAP_FLAG_NO_REF));
  if (!gst_video_frame_map(&frame, &state.info, buffer, flags)) return false;
  const vonggac::motion::Luma luma{static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0)),
                                   GST_VIDEO_FRAME_WIDTH(&frame), GST_VIDEO_FRAME_HEIGHT(&frame),
                                   GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0)};
  bool good = true;
  try {
    noticed = state.watch->look(luma, time_us_of(base, buffer));
  } catch (const std::exception& thrown) {
    GST_ELEMENT_ERROR(base, LIBRARY, FAILED, ("The picture could not be analysed."), ("%s", thrown.what()));
    good = false;
  }
  gst_video_frame_unmap(&frame);
  return good;
}

GstFlowReturn transform_ip(GstBaseTransform* base, GstBuffer* buffer) {
  State& state = *self_of(base)->state;
  bool with_regions = false;
  {
    const std::lock_guard lock(state.mutex);
    if (state.settings_changed) state.watch->set_settings(state.settings);
    state.settings_changed = false;
    with_regions = state.add_regions;
  }
  if (time_us_of(base, buffer) < 0) {
    GST_DEBUG_OBJECT(base, "a picture without a time is not looked at");
    return GST_FLOW_OK;
  }
  Noticed noticed;
  if (!look_at(base, buffer, noticed)) return GST_FLOW_ERROR;
  tell(base, noticed);
  if (with_regions) add_regions(buffer, noticed, state.info);
  return GST_FLOW_OK;
}

gboolean sink_event(GstBaseTransform* base, GstEvent* event) {
  State& state = *self_of(base)->state;
  const GstEventType type = GST_EVENT_TYPE(event);
  if ((type == GST_EVENT_EOS || type == GST_EVENT_FLUSH_STOP) && state.watch) tell(base, state.watch->finish());
  return GST_BASE_TRANSFORM_CLASS(vg_motion_parent_class)->sink_event(base, event);
}

void finalize(GObject* object) {
  delete self_of(object)->state;
  G_OBJECT_CLASS(vg_motion_parent_class)->finalize(object);
}

void add_pads(GstElementClass* element) {
  const std::string text =
      std::string("video/x-raw, format = (string) ") + kFormats +
      ", width = (int) [ 16, 8192 ], height = (int) [ 16, 8192 ], framerate = (fraction) [ 0, max ]";
  GstCaps* const caps = gst_caps_from_string(text.c_str());
  gst_element_class_add_pad_template(element, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, caps));
  gst_element_class_add_pad_template(element, gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, caps));
  gst_caps_unref(caps);
}

}  // namespace

static void vg_motion_init(VgMotion* self) {
  self->state = new State;
  gst_base_transform_set_in_place(GST_BASE_TRANSFORM(self), TRUE);
  gst_base_transform_set_passthrough(GST_BASE_TRANSFORM(self), FALSE);  // metadata is added
}

static void vg_motion_class_init(VgMotionClass* klass) {
  GObjectClass* const object = G_OBJECT_CLASS(klass);
  object->set_property = set_property;
  object->get_property = get_property;
  object->finalize = finalize;
  const auto flags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);
  g_object_class_install_property(
      object, kSensitivity,
      g_param_spec_int("sensitivity", "Sensitivity", "1: only large, clear movement; 5: usual; 9: little is enough",
                       kLeastSensitivity, kMostSensitivity, kUsualSensitivity, flags));
  g_object_class_install_property(
      object, kZones,
      g_param_spec_string("zones", "Zones",
                          "Where to look: \"detect:NAME x,y x,y x,y; ignore x,y x,y x,y\" with corners 0..1; empty: "
                          "everywhere",
                          "", flags));
  g_object_class_install_property(
      object, kRegions,
      g_param_spec_boolean("regions", "Regions",
                           "Attach a region of interest \"motion\" to a buffer for each thing that moves", TRUE,
                           flags));
  GstElementClass* const element = GST_ELEMENT_CLASS(klass);
  gst_element_class_set_static_metadata(element, "Motion detector", "Filter/Analyzer/Video",
                                        "Tells when something moves, and where, as Vong Gac does", "Vong Gac");
  add_pads(element);
  GstBaseTransformClass* const transform = GST_BASE_TRANSFORM_CLASS(klass);
  transform->start = start;
  transform->stop = stop;
  transform->set_caps = set_caps;
  transform->transform_ip = transform_ip;
  transform->sink_event = sink_event;
  transform->transform_ip_on_passthrough = FALSE;
}

static gboolean plugin_init(GstPlugin* plugin) {
  GST_DEBUG_CATEGORY_INIT(vgmotion_debug, "vgmotion", 0, "motion detector");
  return gst_element_register(plugin, "vgmotion", GST_RANK_NONE, vg_motion_get_type());
}

#ifndef PACKAGE
#define PACKAGE "vonggac"
#endif
GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, vgmotion, "Motion detection of Vong Gac", plugin_init,
                  VONGGAC_VERSION, "Apache 2.0", "Vong Gac", "Vong Gac")
