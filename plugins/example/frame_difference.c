/* A whole motion detector: every eighth pixel is compared with the picture before. Easily fooled, and meant to be read.
 * Build it alone:  cc -shared -fPIC -O2 -I . -o example.so plugins/example/frame_difference.c */
#include <stdio.h>
#include <stdlib.h>

#include "plugins/abi/vonggac_plugin.h"

enum { STEP_PX = 8, GREY_LEVELS = 25 };

typedef struct detector {
  int width, height, has_before; /* in samples */
  int least_changed;             /* samples that must change */
  uint8_t* before;
} detector;

static int32_t set_sensitivity(void* opaque, int32_t sensitivity, vonggac_error* error) {
  (void)error;
  ((detector*)opaque)->least_changed = 2 + 2 * (9 - sensitivity);
  return VONGGAC_OK;
}

static int32_t create(void* shared, int32_t sensitivity, void** opaque, vonggac_error* error) {
  (void)shared;
  *opaque = calloc(1, sizeof(detector));
  if (*opaque != NULL) return set_sensitivity(*opaque, sensitivity, error);
  snprintf(error->text, sizeof error->text, "no memory");
  return VONGGAC_FAILED;
}

static void destroy(void* opaque) {
  free(((detector*)opaque)->before);
  free(opaque);
}

/* Gives the box around all samples that differ; learns the picture if told so. */
static int compare(detector* self, const vonggac_luma* picture, int learn, vonggac_box* box) {
  int changed = 0, left = self->width, top = self->height, right = 0, bottom = 0;
  for (int y = 0; y < self->height; ++y) {
    const uint8_t* row = picture->data + (size_t)(y * STEP_PX) * (size_t)picture->stride_bytes;
    for (int x = 0; x < self->width; ++x) {
      uint8_t* before = self->before + y * self->width + x;
      if (self->has_before && abs(*before - row[x * STEP_PX]) > GREY_LEVELS) {
        ++changed;
        left = x < left ? x : left;
        top = y < top ? y : top;
        right = x > right ? x : right;
        bottom = y;
      }
      if (learn) *before = row[x * STEP_PX];
    }
  }
  if (learn) self->has_before = 1;
  if (changed < self->least_changed) return 0;
  box->x = (float)left / (float)self->width;
  box->y = (float)top / (float)self->height;
  box->w = (float)(right - left + 1) / (float)self->width;
  box->h = (float)(bottom - top + 1) / (float)self->height;
  box->score = 0.5F;
  return 1;
}

static int32_t look(void* opaque, const vonggac_luma* picture, vonggac_motion* motion, vonggac_error* error) {
  detector* self = opaque;
  if (self->before == NULL) { /* the host makes a new detector for a new picture size */
    self->width = picture->width_px / STEP_PX;
    self->height = picture->height_px / STEP_PX;
    self->before = calloc((size_t)self->width * (size_t)self->height + 1, 1);
  }
  if (self->before == NULL) {
    snprintf(error->text, sizeof error->text, "no memory");
    return VONGGAC_FAILED;
  }
  motion->box_count = (uint32_t)compare(self, picture, 1, &motion->boxes[0]);
  return VONGGAC_OK;
}

static int32_t peek(void* opaque, const vonggac_luma* picture, int32_t* moved, vonggac_error* error) {
  vonggac_box box;
  (void)error;
  *moved = ((detector*)opaque)->before == NULL || compare(opaque, picture, 0, &box);
  return VONGGAC_OK;
}

VONGGAC_PLUGIN_EXPORT const vonggac_plugin* vonggac_plugin_entry(uint32_t host_major, uint32_t host_minor) {
  static const vonggac_motion_detector kDetector = {.size_bytes = sizeof kDetector, .create = create,
      .destroy = destroy, .look = look, .peek = peek, .set_sensitivity = set_sensitivity};
  static const vonggac_plugin kPlugin = {.abi_major = VONGGAC_PLUGIN_ABI_MAJOR, .abi_minor = VONGGAC_PLUGIN_ABI_MINOR,
      .size_bytes = sizeof kPlugin, .kind = VONGGAC_MOTION_DETECTOR, .name = "example", .version = "1.0",
      .licence = "Apache-2.0", .detector = &kDetector};
  (void)host_minor;
  return host_major == VONGGAC_PLUGIN_ABI_MAJOR ? &kPlugin : NULL;
}
