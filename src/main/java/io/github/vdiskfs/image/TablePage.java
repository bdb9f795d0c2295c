// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import java.nio.ByteBuffer;

/** A run of consecutive entries of a {@link Table}, in memory, for any thread. */
public sealed class TablePage permits DirtyPage {
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

  /** A copy. */
  TablePage(TablePage other) {
    this(
        ByteBuffer.allocate(other.sizeBytes())
            .order(other.bytes.order())
            .put(0, other.bytes, 0, other.sizeBytes()),
        other.entryBytes,
        other.first);
  }

  /** The index behind the last entry of the page. */
  public final long end() {
    return end;
  }

  /** True where entry {@code index} stands on this page. */
  public final boolean contains(long index) {
    return index >= first && index < end;
  }

  /** Entry {@code index} as an unsigned number of 4 bytes. */
  public final long int32(long index) {
    return bytes.getInt(offsetOf(index)) & 0xFFFFFFFFL;
  }

  /** The first 8 bytes of entry {@code index}. */
  public final long int64(long index) {
    return bytes.getLong(offsetOf(index));
  }

  /** The 8 bytes of entry {@code index} that start at its byte {@code at}. */
  public final long int64(long index, int at) {
    return bytes.getLong(offsetOf(index) + at);
  }

  final int offsetOf(long index) {
    return (int) (index - first) * entryBytes;
  }

  final ByteBuffer bytes() {
    return bytes;
  }

  final int sizeBytes() {
    return bytes.capacity();
  }
}
