#!/usr/bin/env bash
# Encodes real footage the way IP cameras do (no B-frames, fixed GOP, near-constant rate, sensor noise), for camsim.
# Source: vtest.avi of the Debian package opencv-doc (a campus road with people, 768x576@10, 79.5 s).
# What exists is kept; every file appears complete or not at all (atomic rename).
#
#   footage.sh [OUT_DIR]           encode what is missing, then print one line per file: name codec size fps kbit/s
#   footage.sh --motionset DIR     encode nothing; print the same lines for the clips of DIR
#
# OUT_DIR defaults to ${VONGGAC_CACHE:-${XDG_CACHE_HOME:-~/.cache}/vonggac}/footage.
#
#   street_main.mp4       1920x1080@15 H.264 2 Mbit/s  GOP 2 s   } one scene, one length (78 s): a pair loops in step
#   street_sub.mp4        640x360@10   H.264 400 kbit/s GOP 2 s  }
#   street_main_h265.mp4  1920x1080@15 H.265 1 Mbit/s  GOP 2 s   }
#   street_sub_h265.mp4   640x360@10   H.265 250 kbit/s GOP 2 s  }
#   street_aac.mp4        street_sub with AAC 16 kHz mono; street_pcmu.mov, street_pcma.mov: with G.711 8 kHz mono.
#                         The tone is loud for the first 100 ms of every 2 s, exactly at the key frames.
#   street_longgop.mp4    640x360@10   H.264 400 kbit/s GOP 10 s (70 s)
#   still_main.mp4, still_sub.mp4   the empty road (median of the clip) with fresh noise per frame: nothing moves (60 s)
#   calm_main.mp4, calm_sub.mp4     54 s of the empty road, then 6 s of the street: a camera of 10 % activity (60 s)
set -euo pipefail

say() { printf 'footage: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

describe() {
  local file=$1 line kbps
  line=$(ffprobe -v error -select_streams v:0 -show_entries stream=codec_name,width,height,avg_frame_rate \
    -of csv=p=0 "$file")
  kbps=$(ffprobe -v error -show_entries format=bit_rate -of csv=p=0 "$file")
  awk -F, -v name="$(basename "$file")" -v rate="$kbps" \
    '{split($4, f, "/"); printf "%s %s %sx%s %g %d\n", name, $1, $2, $3, f[1] / f[2], rate / 1000}' <<<"$line"
}

list_motionset() {
  local dir=$1 file found=0
  for file in "$dir"/*.mp4; do
    [[ -e $file ]] || continue
    describe "$file"
    found=1
  done
  [[ $found == 1 ]] || die "no clips in $dir"
}

find_source() {
  local path
  path=$(dpkg -L opencv-doc 2>/dev/null | grep -E '/vtest\.avi(\.gz)?$' | head -n1) || true
  [[ -n $path && -e $path ]] || die "vtest.avi not found: install the Debian package opencv-doc"
  if [[ $path == *.gz ]]; then
    gzip -dc "$path" >"$work/vtest.avi"
    path=$work/vtest.avi
  fi
  printf '%s\n' "$path"
}

# have NAME: true if the file exists already; otherwise announces that it is being made.
have() {
  if [[ -s $out/$1 ]]; then return 0; fi
  say "making $1"
  return 1
}
keep() { mv -f "$work/$1" "$out/$1"; }
run_ffmpeg() { nice -n 5 ffmpeg -nostdin -hide_banner -loglevel error -y "$@"; }

# The scene in 16:9; noise is added after scaling so that it is per pixel, as a sensor's is.
picture() { # width height fps noise
  printf 'crop=768:432:0:48,fps=%s,scale=%s:%s:flags=bilinear,noise=c0s=%s:c0f=t,format=yuv420p' "$3" "$1" "$2" "$4"
}
# A rate buffer of 2 s: cameras hold their rate per GOP. With 1 s a 1080p stream stays 27 % below its rate.
h264() { # gop kbps
  printf '%s\n' -c:v libx264 -preset veryfast -profile:v main -bf 0 -b:v "${2}k" -maxrate "${2}k" -bufsize "$((2 * $2))k" \
    -x264-params "keyint=$1:min-keyint=$1:scenecut=0:nal-hrd=vbr:sliced-threads=0"
}
h265() { # gop kbps
  printf '%s\n' -c:v libx265 -preset superfast -tag:v hvc1 -b:v "${2}k" -x265-params \
    "log-level=error:keyint=$1:min-keyint=$1:scenecut=0:bframes=0:open-gop=0:vbv-maxrate=$2:vbv-bufsize=$((2 * $2)):slices=1"
}

encode_street() { # name width height fps noise seconds codec-arguments...
  local name=$1 filter seconds=$6
  have "$name" && return
  filter=$(picture "$2" "$3" "$4" "$5")
  run_ffmpeg -t "$seconds" -i "$source" -vf "$filter" -an "${@:7}" "$work/$name"
  keep "$name"
}

encode_still() { # name width height fps noise codec-arguments...
  local name=$1 filter
  have "$name" && return
  if [[ ! -s $work/plate.png ]]; then
    run_ffmpeg -i "$source" -vf "select='not(mod(n,4))',tmedian=radius=98" -frames:v 1 "$work/plate.png"
  fi
  filter=$(picture "$2" "$3" "$4" "$5")
  run_ffmpeg -loop 1 -framerate "$4" -t 60 -i "$work/plate.png" -vf "$filter" -an "${@:6}" "$work/$name"
  keep "$name"
}

# Whole GOPs of clips that exist already, put together as they are: takes no time.
join_calm() { # name still street
  local name=$1
  have "$name" && return
  run_ffmpeg -t 54 -i "$out/$2" -c copy "$work/a.mp4"
  run_ffmpeg -t 6 -i "$out/$3" -c copy "$work/b.mp4"
  printf "file '%s'\n" "$work/a.mp4" "$work/b.mp4" >"$work/list.txt"
  run_ffmpeg -f concat -safe 0 -i "$work/list.txt" -c copy "$work/$name"
  keep "$name"
}

add_tone() { # name sample-rate codec-arguments...
  local name=$1 rate=$2
  have "$name" && return
  run_ffmpeg -i "$out/street_sub.mp4" -f lavfi -t 78 \
    -i "aevalsrc=sin(1000*2*PI*t)*if(lt(mod(t\,2)\,0.1)\,0.5\,0.02):s=$rate:c=mono" \
    -map 0:v -map 1:a -c:v copy "${@:3}" "$work/$name"
  keep "$name"
}

if [[ ${1:-} == --motionset ]]; then
  [[ $# == 2 ]] || die "usage: footage.sh [OUT_DIR] | --motionset DIR"
  list_motionset "$2"
  exit 0
fi
[[ $# -le 1 && ${1:-} != -* ]] || die "usage: footage.sh [OUT_DIR] | --motionset DIR"
command -v ffmpeg >/dev/null || die "ffmpeg not found: install the Debian package ffmpeg"
out=${1:-${VONGGAC_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vonggac}/footage}
mkdir -p "$out"
# Two runs at once would encode everything twice on a busy machine: the second waits and then finds the files.
exec 9>"$out/.lock"
flock 9
work=$(mktemp -d "$out/.work.XXXXXX")
trap 'rm -rf "$work"' EXIT
source=$(find_source)

mapfile -t main_264 < <(h264 30 2000)
mapfile -t sub_264 < <(h264 20 400)
mapfile -t long_264 < <(h264 100 400)
mapfile -t main_265 < <(h265 30 1000)
mapfile -t sub_265 < <(h265 20 250)
encode_street street_sub.mp4 640 360 10 6 78 "${sub_264[@]}"
encode_street street_main.mp4 1920 1080 15 6 78 "${main_264[@]}"
add_tone street_aac.mp4 16000 -c:a aac -b:a 32k
add_tone street_pcmu.mov 8000 -c:a pcm_mulaw
add_tone street_pcma.mov 8000 -c:a pcm_alaw
encode_street street_longgop.mp4 640 360 10 6 70 "${long_264[@]}"
encode_still still_sub.mp4 640 360 10 6 "${sub_264[@]}"
encode_still still_main.mp4 1920 1080 15 6 "${main_264[@]}"
join_calm calm_sub.mp4 still_sub.mp4 street_sub.mp4
join_calm calm_main.mp4 still_main.mp4 street_main.mp4
encode_street street_sub_h265.mp4 640 360 10 6 78 "${sub_265[@]}"
encode_street street_main_h265.mp4 1920 1080 15 6 78 "${main_265[@]}"
for file in "$out"/*.mp4 "$out"/*.mov; do describe "$file"; done
