// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The first four clusters of a new image of size 0: header, refcount table, refcount block, L1
 * table. What more it needs, its writer makes.
 */
final class NewImage {
  private static final int V2_HEADER_BYTES = 72;
  private static final int V3_HEADER_BYTES = 112;
  private static final int REFCOUNT_TABLE_CLUSTER = 1;
  private static final int REFCOUNT_BLOCK_CLUSTER = 2;
  private static final int L1_CLUSTER = 3;
  private static final int CLUSTERS = 4;

  /** Room for 4 TiB with clusters of 64 KiB, where a disk starts small and grows. */
  private static final long GROWING_L1_ENTRIES = 8192;

  private final Storage target;
  private final CreateOptions options;
  private final ByteBuffer bytes;

  private NewImage(Storage target, CreateOptions options) {
    this.target = target;
    this.options = options;
    this.bytes = ByteBuffer.allocate(CLUSTERS << options.clusterBits());
  }

  /**
   * Writes them to an empty file.
   *
   * @param sizeBytes the size that the disk is about to get
   */
  static void write(
      Storage target, CreateOptions options, @Nullable BackingReference backing, long sizeBytes)
      throws IOException {
    NewImage image = new NewImage(target, options);
    image.putHeader(image.l1Entries(sizeBytes));
    image.putExtensions(backing);
    image.putRefcounts();
    target.write(image.bytes.rewind(), 0);
  }

  private long offsetOf(int cluster) {
    return (long) cluster << options.clusterBits();
  }

  private long l1Entries(long sizeBytes) {
    Qcow2Layout layout = new Qcow2Layout(options.clusterBits(), true, options.extendedL2(), false);
    long wanted = sizeBytes == 0 ? GROWING_L1_ENTRIES : layout.l1EntriesFor(sizeBytes);
    return Math.min(wanted, layout.clusterBytes() / Qcow2Layout.L1_ENTRY_BYTES);
  }

  /** "Header"; the names of the fields stand in {@link Qcow2Header}. */
  private void putHeader(long l1Entries) {
    bytes
        .putInt(Qcow2Header.MAGIC)
        .putInt(options.version())
        .putLong(0) // backing_file_offset: putExtensions
        .putInt(0)
        .putInt(options.clusterBits())
        .putLong(0)
        .putInt(0)
        .putInt((int) l1Entries)
        .putLong(offsetOf(L1_CLUSTER))
        .putLong(offsetOf(REFCOUNT_TABLE_CLUSTER))
        .putInt(1)
        .putInt(0)
        .putLong(0);
    if (options.version() >= 3) {
      bytes
          .putLong(incompatibleFeatures())
          .putLong(options.lazyRefcounts() ? Features.LAZY_REFCOUNTS.mask() : 0)
          .putLong(options.dataFileRaw() ? Features.RAW_EXTERNAL_DATA.mask() : 0)
          .putInt(options.refcountOrder())
          .putInt(V3_HEADER_BYTES)
          .put((byte) options.compressionType());
    }
    bytes.position(options.version() >= 3 ? V3_HEADER_BYTES : V2_HEADER_BYTES);
  }

  private long incompatibleFeatures() {
    long features = 0;
    if (options.dataFile() != null) {
      features = Features.EXTERNAL_DATA.with(features);
    }
    if (options.compressionType() != Qcow2Header.DEFLATE) {
      features = Features.COMPRESSION_TYPE.with(features);
    }
    return options.extendedL2() ? Features.EXTENDED_L2.with(features) : features;
  }

  /** "Header extensions", and the backing file's name behind them. */
  private void putExtensions(@Nullable BackingReference backing) throws ImageException {
    if (backing != null && backing.format() != null) {
      putExtension(HeaderExtensions.BACKING_FORMAT, backing.format());
    }
    if (options.dataFile() != null) {
      putExtension(HeaderExtensions.DATA_FILE, options.dataFile());
    }
    need(8);
    bytes.putLong(0);
    if (backing != null) {
      byte[] name = backing.name().getBytes(StandardCharsets.UTF_8);
      if (name.length > Qcow2Header.MAX_BACKING_NAME_BYTES) {
        throw ImageException.unsupported(
            target, "a backing file name of more than " + Qcow2Header.MAX_BACKING_NAME_BYTES);
      }
      need(name.length);
      bytes.putLong(8, bytes.position()).putInt(16, name.length).put(name);
    }
  }

  private void putExtension(long type, String text) throws ImageException {
    byte[] data = text.getBytes(StandardCharsets.UTF_8);
    int padded = (data.length + 7) & -8;
    need(8 + padded);
    bytes.putInt((int) type).putInt(data.length).put(data);
    bytes.position(bytes.position() + padded - data.length);
  }

  /** Everything of the header has to be in the first cluster. */
  private void need(int count) throws ImageException {
    if (bytes.position() + count > 1 << options.clusterBits()) {
      throw ImageException.unsupported(
          target, "names that do not fit into a cluster of " + (1 << options.clusterBits()));
    }
  }

  private void putRefcounts() {
    bytes.putLong((int) offsetOf(REFCOUNT_TABLE_CLUSTER), offsetOf(REFCOUNT_BLOCK_CLUSTER));
    RefcountWidth width = new RefcountWidth(options.refcountOrder());
    for (int cluster = 0; cluster < CLUSTERS; cluster++) {
      int at = (int) (offsetOf(REFCOUNT_BLOCK_CLUSTER) + width.word(cluster) * Long.BYTES);
      bytes.putLong(at, width.with(bytes.getLong(at), cluster, 1));
    }
  }
}
