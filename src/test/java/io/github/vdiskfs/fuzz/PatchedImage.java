// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuzz;

import io.github.vdiskfs.image.TestImages;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * A sample image with some bytes of it changed. That is a better start than random bytes, which
 * hardly pass the first check, and makes inputs of a few bytes, however large the image is.
 *
 * <p>An input is the number of a sample, a number that the caller may use, and changes of eight
 * bytes: what to do, where (three bytes), and a value of four bytes. The number after the last
 * sample stands for no sample: the rest of the input is the image.
 */
public final class PatchedImage {
  private static final int HEADER_BYTES = 2;
  private static final int PATCH_BYTES = 8;

  private PatchedImage() {}

  /** The image that an input stands for. */
  public static byte[] of(byte[] input, List<String> samples) {
    if (input.length < HEADER_BYTES) {
      return input;
    }
    int sample = Byte.toUnsignedInt(input[0]) % (samples.size() + 1);
    if (sample == samples.size()) {
      return Arrays.copyOfRange(input, HEADER_BYTES, input.length);
    }
    byte[] image = TestImages.bytes(samples.get(sample)).clone();
    ByteBuffer patches = ByteBuffer.wrap(input, HEADER_BYTES, input.length - HEADER_BYTES);
    while (patches.remaining() >= PATCH_BYTES) {
      image = patched(image, patches.getInt(), patches.getInt());
    }
    return image;
  }

  private static byte[] patched(byte[] image, int place, int value) {
    int offset = place & 0xffffff;
    ByteBuffer bytes = ByteBuffer.wrap(image);
    if (offset > image.length - Long.BYTES) {
      return image;
    }
    switch (place >>> 24 & 7) {
      case 0 -> bytes.put(offset, (byte) value);
      case 1 -> bytes.putShort(offset, (short) value);
      case 2 -> bytes.putLong(offset, value);
      case 3 -> bytes.putLong(offset, (long) value << 32);
      case 4 -> bytes.putInt(offset, Integer.reverseBytes(value));
      case 5 -> bytes.putLong(offset, bytes.getLong(offset) + value);
      case 6 -> {
        return Arrays.copyOf(image, offset);
      }
      default -> bytes.putInt(offset, value);
    }
    return image;
  }
}
