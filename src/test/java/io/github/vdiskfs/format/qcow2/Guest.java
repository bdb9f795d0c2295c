// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Extent.Kind;
import io.github.vdiskfs.image.Image;
import java.io.IOException;
import java.nio.ByteBuffer;

/** What a guest would read; what is left to a backing file reads as zero. */
final class Guest {
  private static final int PIECE_BYTES = 1 << 20;

  /** Takes the content piece by piece. */
  interface Sink {
    void accept(byte[] piece);
  }

  private Guest() {}

  static byte[] read(Image image) throws IOException {
    ByteBuffer whole = ByteBuffer.allocate((int) image.size());
    read(image, whole::put);
    return whole.array();
  }

  static void read(Image image, Sink sink) throws IOException {
    for (long at = 0; at < image.size(); ) {
      Extent extent = image.map(at, Math.min(PIECE_BYTES, image.size() - at));
      byte[] piece = new byte[(int) extent.length()];
      if (extent.kind() == Kind.COMPRESSED) {
        System.arraycopy(image.decode(extent), extent.skip(), piece, 0, piece.length);
      } else if (extent.kind() == Kind.DATA || extent.kind() == Kind.FLAT) {
        extent.requireStorage().read(ByteBuffer.wrap(piece), extent.hostOffset());
      }
      sink.accept(piece);
      at += piece.length;
    }
  }
}
