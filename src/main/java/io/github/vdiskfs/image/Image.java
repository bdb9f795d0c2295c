// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import java.io.Closeable;
import java.io.IOException;

/**
 * One opened layer of a disk: a translation from guest offsets to host offsets.
 *
 * <p>Safe for any number of threads between opening and {@link #close}. Closing closes the storage
 * that the image was opened on and every file that it opened itself.
 */
public interface Image extends Closeable {
  /** What the header says; constant while the image is open. */
  ImageInfo info();

  /** Virtual size in bytes; not necessarily a multiple of a sector or of the unit. */
  default long size() {
    return info().virtualSize();
  }

  /**
   * Says where the guest bytes from {@code guestOffset} on live. The answer covers as much of
   * {@code length} as one look into the tables can tell, at least one byte, and never goes past the
   * end of the disk.
   *
   * @param guestOffset 0 to {@code size() - 1}
   * @param length at least 1
   * @throws ImageException where the table entry in question is damaged
   */
  Extent map(long guestOffset, long length) throws IOException;

  /**
   * Unpacks the unit that a {@code COMPRESSED} extent lies in.
   *
   * @return the whole unit, in memory from {@link UnitArrays#take}; guest byte 0 of the extent
   *     stands at {@code extent.skip()}
   * @throws ImageException where the compressed bytes are damaged
   */
  default byte[] decode(Extent extent) throws IOException {
    throw new IllegalStateException(info().format() + " has no compressed units");
  }

  /**
   * The image's write side, made when it is first asked for; one per image.
   *
   * @throws ImageException of kind {@code READ_ONLY} where the format, the sub-format or the state
   *     of the image does not let it be written
   */
  default ImageWriter writer() throws IOException {
    throw new ImageException(
        ImageException.Kind.READ_ONLY, "images of this kind are served read-only");
  }

  /**
   * Checks the image: everything that its tables say, and that every compressed unit unpacks.
   * Memory is bounded, however large the image is. Where the report asks for it, what can be mended
   * is; nothing is written otherwise.
   *
   * @throws ImageException of kind {@code UNSUPPORTED} where images of this kind have nothing to
   *     check
   */
  default void check(CheckReport report) throws IOException {
    throw new ImageException(
        ImageException.Kind.UNSUPPORTED,
        "checking is not supported for images of format " + info().format());
  }

  /**
   * An internal snapshot as an image of its own, sharing this image's files; it is closed with this
   * image.
   *
   * @param nameOrId as {@code qemu-img snapshot -l} lists it
   * @throws ImageException of kind {@code NOT_FOUND} where there is none
   */
  default Image snapshot(String nameOrId) throws IOException {
    throw new ImageException(
        ImageException.Kind.NOT_FOUND, "no internal snapshot '" + nameOrId + "'");
  }
}
