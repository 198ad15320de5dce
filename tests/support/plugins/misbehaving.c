/* Plug-ins that do what a plug-in must not: MISBEHAVE chooses which one. */
#include <stdio.h>
#include <stdlib.h>

#include "plugins/abi/vonggac_plugin.h"

enum { OTHER_MAJOR = 1, SHORT_DESCRIPTION, NO_LOOK, FAILING, NOT_CREATED, CRASHING, WILD_BOXES, NO_PEEK, UNPREPARED };

static int pictures;

static int32_t prepare(const vonggac_options* options, void** shared, vonggac_error* error) {
  *shared = NULL;
  snprintf(error->text, sizeof error->text, "got %u options, %s is %s", (unsigned)options->count,
           options->count > 0 ? options->items[0].key : "-", options->count > 0 ? options->items[0].value : "-");
  return MISBEHAVE == UNPREPARED ? VONGGAC_FAILED : VONGGAC_OK;
}
static void release(void* shared) { (void)shared; }

static int32_t create(void* shared, int32_t sensitivity, void** detector, vonggac_error* error) {
  (void)shared;
  (void)sensitivity;
  *detector = &pictures;
  if (MISBEHAVE != NOT_CREATED) return VONGGAC_OK;
  snprintf(error->text, sizeof error->text, "no room\nfor \xc4\x90 a detector");
  return VONGGAC_FAILED;
}
static void destroy(void* detector) { (void)detector; }

static int32_t look(void* detector, const vonggac_luma* picture, vonggac_motion* motion, vonggac_error* error) {
  (void)detector;
  (void)picture;
  ++pictures;
  if (MISBEHAVE == FAILING) {
    snprintf(error->text, sizeof error->text, "cannot look");
    return VONGGAC_FAILED;
  }
  if (MISBEHAVE == CRASHING && pictures > 10) abort();
  if (MISBEHAVE == WILD_BOXES) {
    const float nothing = 0.0F;
    const vonggac_box boxes[] = {{-5.0F, -5.0F, 5.5F, 5.5F, 7.0F}, {nothing / nothing, 0, 1, 1, 1}, {0.5F, 0.5F, -1, 0, 1}};
    motion->box_count = 1000000;
    for (int i = 0; i < 3; ++i) motion->boxes[i] = boxes[i];
  }
  return VONGGAC_OK;
}

static int32_t peek(void* detector, const vonggac_luma* picture, int32_t* moved, vonggac_error* error) {
  (void)detector;
  (void)picture;
  (void)error;
  *moved = 0;
  return VONGGAC_OK;
}

VONGGAC_PLUGIN_EXPORT const vonggac_plugin* vonggac_plugin_entry(uint32_t host_major, uint32_t host_minor) {
  static const vonggac_motion_detector kDetector = {.size_bytes = sizeof kDetector, .create = create,
      .destroy = destroy, .look = MISBEHAVE == NO_LOOK ? NULL : look, .peek = MISBEHAVE == NO_PEEK ? NULL : peek};
  static const vonggac_plugin kPlugin = {
      .abi_major = MISBEHAVE == OTHER_MAJOR ? VONGGAC_PLUGIN_ABI_MAJOR + 1 : VONGGAC_PLUGIN_ABI_MAJOR,
      .abi_minor = VONGGAC_PLUGIN_ABI_MINOR,
      .size_bytes = MISBEHAVE == SHORT_DESCRIPTION ? sizeof kPlugin - 8 : sizeof kPlugin,
      .kind = VONGGAC_MOTION_DETECTOR, .name = "misbehaving", .version = "0.1", .licence = "Apache-2.0",
      .prepare = prepare, .release = release, .detector = &kDetector};
  (void)host_major;
  (void)host_minor;
  return &kPlugin;
}
