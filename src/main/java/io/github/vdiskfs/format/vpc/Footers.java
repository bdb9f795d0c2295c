// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The footer at the end of a dynamic image and its copy at offset 0, while the image is written. At
 * every moment one of them is sound, and never are there two that differ.
 */
final class Footers {
  /** Current Size. */
  private static final int SIZE_AT = 48;

  /** Original Size. */
  private static final int ORIGINAL_SIZE_AT = 40;

  private final VpcState state;
  private final byte[] footer;
  private long endOffset;
  private volatile long sizeBytes;

  private Footers(VpcState state, byte[] footer) {
    this.state = state;
    this.footer = footer;
    this.endOffset = state.footer().hostOffset();
    this.sizeBytes = state.footer().virtualSize();
  }

  static Footers load(VpcState state) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(VpcFooter.BYTES);
    state.storage().read(bytes, state.footer().hostOffset());
    return new Footers(state, bytes.array());
  }

  /** Where the footer at the end stands. */
  long endOffset() {
    return endOffset;
  }

  /** Bytes of the disk, as the footers have them. */
  long sizeBytes() {
    return sizeBytes;
  }

  /**
   * Puts the footer behind more room for blocks. It is durable when this returns, so that the old
   * one may be overwritten.
   *
   * @throws IOException where there is no space; nothing has changed then
   */
  void moveOut(long newEndOffset) throws IOException {
    Storage storage = state.storage();
    long before = storage.size();
    try {
      write(footer, newEndOffset);
    } catch (IOException e) {
      // The file may have become longer without a footer at its end.
      storage.truncate(before);
      throw e;
    }
    state.flush();
    endOffset = newEndOffset;
  }

  /** Puts the footer where the last block ends, and ends the file there. */
  void moveIn(long newEndOffset) throws IOException {
    if (newEndOffset < endOffset) {
      write(footer, newEndOffset);
      state.flush();
      state.storage().truncate(newEndOffset + VpcFooter.BYTES);
      state.flush();
      endOffset = newEndOffset;
    }
  }

  /**
   * Gives the disk another size. The copy does not count while its checksum is wrong, so that the
   * two change as one.
   */
  void resize(long newSizeBytes) throws IOException {
    writeCopy(withSum(~Checksum.expected(ByteBuffer.wrap(footer), VpcFooter.CHECKSUM_AT)));
    ByteBuffer changed = ByteBuffer.wrap(footer);
    changed.putLong(ORIGINAL_SIZE_AT, newSizeBytes).putLong(SIZE_AT, newSizeBytes);
    changed.putInt(VpcFooter.CHECKSUM_AT, Checksum.expected(changed, VpcFooter.CHECKSUM_AT));
    write(footer, endOffset);
    state.flush();
    writeCopy(footer);
    sizeBytes = newSizeBytes;
  }

  private byte[] withSum(int checksum) {
    byte[] copy = footer.clone();
    ByteBuffer.wrap(copy).putInt(VpcFooter.CHECKSUM_AT, checksum);
    return copy;
  }

  private void writeCopy(byte[] bytes) throws IOException {
    write(bytes, 0);
    state.flush();
  }

  private void write(byte[] bytes, long hostOffset) throws IOException {
    state.storage().write(ByteBuffer.wrap(bytes), hostOffset);
  }
}
