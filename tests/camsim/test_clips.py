"""Small clips for camsim's own tests: a test picture of 2 s, so that a few seconds of playing cross the loop."""
import subprocess

PICTURE = "testsrc2=size={size}:rate={rate}"
H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "main", "-bf", "0", "-pix_fmt", "yuv420p"]
H264_B_FRAMES = ["-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-pix_fmt", "yuv420p"]
H265 = ["-c:v", "libx265", "-preset", "ultrafast", "-tag:v", "hvc1", "-pix_fmt", "yuv420p"]


def encode(path, size="320x240", rate=15, gop=15, codec=H264, audio=(), seconds=2):
    arguments = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", PICTURE.format(size=size, rate=rate)]
    if audio:
        arguments += ["-f", "lavfi", "-i", "sine=frequency=440"]
    arguments += ["-t", str(seconds), *codec]
    if "libx265" in codec:
        arguments += ["-x265-params", f"log-level=error:keyint={gop}:min-keyint={gop}:bframes=0:open-gop=0:scenecut=0"]
    else:
        arguments += ["-x264-params", f"keyint={gop}:min-keyint={gop}:scenecut=0"]
    subprocess.run([*arguments, *audio, str(path)], check=True)
    return path
