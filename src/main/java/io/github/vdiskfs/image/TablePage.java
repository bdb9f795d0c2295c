// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import java.nio.ByteBuffer;

/** A run of consecutive entries of a {@link Table}, in memory. Immutable, for any thread. */
public final class TablePage {
  private final ByteBuffer bytes;
  private final int entryBytes;
  private final long first;
  private final long end;

  TablePage(ByteBuffer bytes, int entryBytes, long first) {
    this.bytes = bytes;
    this.entryBytes = entryBytes;
    this.first = first;
    this.end = first + bytes.capacity() / entryBytes;
  }

  /** The index behind the last entry of the page. */
  public long end() {
    return end;
  }

  /** True where entry {@code index} stands on this page. */
  public boolean contains(long index) {
    return index >= first && index < end;
  }

  /** Entry {@code index} as an unsigned number of 4 bytes. */
  public long int32(long index) {
    return bytes.getInt((int) (index - first) * entryBytes) & 0xFFFFFFFFL;
  }

  /** The first 8 bytes of entry {@code index}. */
  public long int64(long index) {
    return bytes.getLong((int) (index - first) * entryBytes);
  }

  /** The 8 bytes of entry {@code index} that start at its byte {@code at}. */
  public long int64(long index, int at) {
    return bytes.getLong((int) (index - first) * entryBytes + at);
  }

  int sizeBytes() {
    return bytes.capacity();
  }
}
