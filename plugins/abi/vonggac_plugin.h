/// The plug-in interface of Vong Gac, version 1: motion detectors and object classifiers as shared libraries in C.
/// Flow     NAME.so in the plug-in directory -> vonggac_plugin_entry() -> prepare() -> [sandbox] -> create() -> look()
/// or
///          classify() for as long as the process lives -> destroy() -> release()
/// Threads  one thread makes all calls, the same one.
/// Owns     what a call gets is borrowed for that call; what create() and prepare() give back is the plug-in's until
///          destroy() and release().
/// Errors   by value: VONGGAC_FAILED and a sentence in vonggac_error. Nothing may be thrown through this interface.
/// Units    in the names; boxes are 0..1 of the picture; scores are 0..1.
///
/// Growth: a minor version adds members at the end of structures. Each structure says in size_bytes how large the side
/// that filled it knew it to be: read no member beyond that. A major version may change everything but the first two
/// numbers of vonggac_plugin, and is refused by a host of another major version.
/// docs/reference/plugins.md explains it in full, plugins/example is a whole plug-in in less than 100 lines.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define VONGGAC_PLUGIN_ABI_MAJOR 1u
#define VONGGAC_PLUGIN_ABI_MINOR 0u
#define VONGGAC_MAX_BOXES 32u

enum vonggac_result {
  VONGGAC_OK = 0,
  VONGGAC_SKIPPED = 1, /* look() only: this picture was not looked at; nothing is known of it */
  VONGGAC_FAILED = 2,  /* vonggac_error says why */
};

enum vonggac_plugin_kind {
  VONGGAC_MOTION_DETECTOR = 1,
  VONGGAC_OBJECT_CLASSIFIER = 2,
};

enum vonggac_object_class {
  VONGGAC_CLASS_NONE = 0, /* nothing the plug-in knows */
  VONGGAC_CLASS_PERSON = 1,
  VONGGAC_CLASS_VEHICLE = 2,
  VONGGAC_CLASS_ANIMAL = 3,
  VONGGAC_CLASS_OTHER = 4,
};

/** A sentence for people, in English, ended by a zero. Shown in `vonggac status`. */
typedef struct vonggac_error {
  char text[240];
} vonggac_error;

/** One "key=value" of plugins.options that names this plug-in. */
typedef struct vonggac_option {
  const char* key;
  const char* value;
} vonggac_option;

typedef struct vonggac_options {
  uint32_t size_bytes;
  uint32_t count;
  const vonggac_option* items;
} vonggac_options;

/** The luma plane of a picture, 8 bits a pixel. */
typedef struct vonggac_luma {
  uint32_t size_bytes;
  int32_t width_px, height_px, stride_bytes;
  int64_t time_us; /* of capture; rises from picture to picture */
  const uint8_t* data;
} vonggac_luma;

typedef struct vonggac_box {
  float x, y, w, h;
  float score;
} vonggac_box;

/** What moves in a picture. The host sets it to zero, and size_bytes, before each call. */
typedef struct vonggac_motion {
  uint32_t size_bytes;
  uint32_t box_count; /* at most VONGGAC_MAX_BOXES; 0: nothing moves */
  int64_t since_us;   /* since when it moves; 0: since this picture */
  vonggac_box boxes[VONGGAC_MAX_BOXES];
} vonggac_motion;

/** What moved, cut out of the picture with a margin. Three bytes a pixel: red, green, blue. */
typedef struct vonggac_crop {
  uint32_t size_bytes;
  int32_t width_px, height_px, stride_bytes;
  const uint8_t* rgb;
} vonggac_crop;

/** The host sets it to zero, and size_bytes, before each call. */
typedef struct vonggac_verdict {
  uint32_t size_bytes;
  uint32_t object_class; /* vonggac_object_class */
  float score;
} vonggac_verdict;

/** One detector per camera. All members but set_sensitivity and peek must be there. */
typedef struct vonggac_motion_detector {
  uint32_t size_bytes;
  /* Inside the sandbox: nothing can be opened. `sensitivity` 1 (large, clear movement only) .. 9; 5 is usual. */
  int32_t (*create)(void* shared, int32_t sensitivity, void** detector, vonggac_error* error);
  void (*destroy)(void* detector);
  /* At most 8 pictures a second, mostly of the sub-stream; seconds apart while the camera sleeps. After a new picture
   * size, or a jump of more than 10 s, the host makes a new detector. */
  int32_t (*look)(void* detector, const vonggac_luma* picture, vonggac_motion* motion, vonggac_error* error);
  /* Whether this picture differs (*moved = 1), without learning anything from it: decides whether a sleeping camera is
   * decoded in full. NULL: the camera never sleeps. */
  int32_t (*peek)(void* detector, const vonggac_luma* picture, int32_t* moved, vonggac_error* error);
  /* NULL: the host makes a new detector. */
  int32_t (*set_sensitivity)(void* detector, int32_t sensitivity, vonggac_error* error);
} vonggac_motion_detector;

/** One classifier per process, for all its cameras. All members must be there. */
typedef struct vonggac_object_classifier {
  uint32_t size_bytes;
  uint32_t max_batch;                                                       /* crops that one call may bring; 1 .. 32 */
  int32_t (*create)(void* shared, void** classifier, vonggac_error* error); /* inside the sandbox */
  void (*destroy)(void* classifier);
  int32_t (*classify)(void* classifier, const vonggac_crop* const* crops, uint32_t count,
                      vonggac_verdict* const* verdicts, vonggac_error* error);
} vonggac_object_classifier;

/** What a plug-in is. Lives as long as the library is loaded. */
typedef struct vonggac_plugin {
  uint32_t abi_major, abi_minor; /* VONGGAC_PLUGIN_ABI_*, in this place for ever */
  uint32_t size_bytes;
  uint32_t kind; /* vonggac_plugin_kind */
  const char* name;
  const char* version; /* of the plug-in itself */
  const char* licence; /* SPDX */
  /* Before the sandbox, once: open and read what is needed (models, tables), but interpret nothing yet. NULL: nothing
   * to prepare. `shared` goes to create(). */
  int32_t (*prepare)(const vonggac_options* options, void** shared, vonggac_error* error);
  void (*release)(void* shared);               /* NULL only if prepare is */
  const vonggac_motion_detector* detector;     /* of kind VONGGAC_MOTION_DETECTOR, else NULL */
  const vonggac_object_classifier* classifier; /* of kind VONGGAC_OBJECT_CLASSIFIER, else NULL */
} vonggac_plugin;

/** The only function a plug-in exports, under the name vonggac_plugin_entry. NULL: it does not work with this host. */
typedef const vonggac_plugin* (*vonggac_plugin_entry_function)(uint32_t host_major, uint32_t host_minor);

#if defined(__GNUC__)
#define VONGGAC_PLUGIN_EXPORT __attribute__((visibility("default")))
#else
#define VONGGAC_PLUGIN_EXPORT
#endif

#ifdef __cplusplus
}
#endif
