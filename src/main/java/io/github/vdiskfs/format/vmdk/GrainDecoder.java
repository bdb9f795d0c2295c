// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.Inflate;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;

/**
 * Unpacks the grains of a stream-optimized extent: a "grain marker" of 12 bytes (the grain's sector
 * on the disk, the number of bytes that follow), then a deflate stream in a zlib wrapper.
 */
final class GrainDecoder {
  private static final int MARKER_BYTES = 12;

  /** Position of the size in a grain marker. */
  private static final int MARKER_SIZE_AT = 8;

  /** A stream that does not shrink grows by less than this factor; QEMU's bound too. */
  private static final int MAX_GROWTH = 2;

  /** Tells whether the last grain of the extent is stored at a host offset. */
  interface LastGrain {
    boolean isAt(long hostOffset) throws IOException;
  }

  private final SparseGeometry geometry;
  private final LastGrain lastGrain;

  GrainDecoder(SparseGeometry geometry, LastGrain lastGrain) {
    this.geometry = geometry;
    this.lastGrain = lastGrain;
  }

  /** The extent of a compressed grain, from {@code skip} guest bytes into it. */
  Extent extent(Storage file, long hostOffset, int skip, long most) {
    int hostLength = (int) Math.min(maxBytes(), file.size() - hostOffset);
    return Extent.compressed(
        file, hostOffset, hostLength, skip, Math.min(most, geometry.grainBytes() - skip));
  }

  private int maxBytes() {
    return MAX_GROWTH * geometry.grainBytes() + markerBytes();
  }

  private int markerBytes() {
    return geometry.markers() ? MARKER_BYTES : 0;
  }

  /** The whole grain that a compressed extent lies in. */
  byte[] decode(Extent extent) throws IOException {
    Storage file = extent.requireStorage();
    long hostOffset = extent.hostOffset();
    byte[] packed = Sectors.read(file, hostOffset + markerBytes(), packedBytes(extent)).array();
    try {
      return Inflate.unit(packed, packed.length, geometry.grainBytes(), false, false);
    } catch (DataFormatException e) {
      return decodeShort(file, hostOffset, packed, e);
    }
  }

  private int packedBytes(Extent extent) throws IOException {
    Storage file = extent.requireStorage();
    int room = extent.hostLength() - markerBytes();
    if (!geometry.markers()) {
      return room;
    }
    ByteBuffer marker = Sectors.read(file, extent.hostOffset(), MARKER_BYTES);
    long size = marker.getInt(MARKER_SIZE_AT) & 0xFFFFFFFFL;
    if (size == 0 || size > room) {
      throw ImageException.corrupt(
          file,
          extent.hostOffset(),
          "grain marker with " + size + " compressed bytes, expected 1 to " + room);
    }
    return (int) size;
  }

  /** The last grain may hold no more than the capacity leaves of it. */
  private byte[] decodeShort(
      Storage file, long hostOffset, byte[] packed, DataFormatException problem)
      throws IOException {
    int bytes = geometry.lastGrainBytes();
    if (bytes < geometry.grainBytes() && lastGrain.isAt(hostOffset)) {
      try {
        byte[] grain = Inflate.unit(packed, packed.length, bytes, false, false);
        return Arrays.copyOf(grain, geometry.grainBytes());
      } catch (DataFormatException e) {
        problem.addSuppressed(e);
      }
    }
    throw new ImageException(
        ImageException.Kind.CORRUPT,
        file.name()
            + ": at host offset "
            + hostOffset
            + ": compressed grain is damaged: "
            + problem.getMessage(),
        problem);
  }
}
