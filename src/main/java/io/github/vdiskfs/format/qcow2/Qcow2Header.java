// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The header, field by field as the specification names them ("Header"); all numbers are unsigned
 * and big-endian. What {@link #read} returns has passed every check: sizes are within the limits
 * below and tables are aligned. Whether a table lies inside the file is seen when it is read.
 *
 * @param version 2 or 3
 * @param backingFileOffset host offset of the backing file's name, in the first cluster; 0: none
 * @param backingFileSize bytes of that name
 * @param clusterBits cluster size as a power of two
 * @param sizeBytes virtual size
 * @param cryptMethod 0 none, 1 AES, 2 LUKS
 * @param l1Size entries of the active L1 table
 * @param l1TableOffset its host offset, a multiple of the cluster size
 * @param refcountTableOffset host offset of the refcount table, a multiple of the cluster size
 * @param refcountTableClusters its length in clusters
 * @param nbSnapshots entries of the snapshot table
 * @param snapshotsOffset its host offset, a multiple of the cluster size
 * @param incompatibleFeatures bits that a reader must know: {@link Features}
 * @param compatibleFeatures bits that a reader may ignore
 * @param autoclearFeatures bits that a writer must clear where it does not know them
 * @param refcountOrder width of a refcount is {@code 1 << refcountOrder} bits
 * @param headerLength bytes of the header; extensions follow
 * @param compressionType 0 deflate, 1 zstd
 */
record Qcow2Header(
    long version,
    long backingFileOffset,
    long backingFileSize,
    long clusterBits,
    long sizeBytes,
    long cryptMethod,
    long l1Size,
    long l1TableOffset,
    long refcountTableOffset,
    long refcountTableClusters,
    long nbSnapshots,
    long snapshotsOffset,
    long incompatibleFeatures,
    long compatibleFeatures,
    long autoclearFeatures,
    long refcountOrder,
    long headerLength,
    int compressionType) {

  /** "QFI" and 0xFB. */
  static final int MAGIC = 0x514649FB;

  /** Compression type of deflate streams without a wrapper. */
  static final int DEFLATE = 0;

  /** Compression type of zstd frames. */
  static final int ZSTD = 1;

  /** Length of a version 2 header, which has no field that says so. */
  private static final int V2_LENGTH = 72;

  /** A version 3 header goes up to header_length itself at least. */
  private static final int MIN_V3_LENGTH = 104;

  /** The fields above; what follows in a longer header is of later revisions and not needed. */
  private static final int KNOWN_LENGTH = 112;

  private static final int COMPRESSION_TYPE_AT = 104;

  /** Size fields of the file are rounded down to this, as QEMU does. */
  private static final long SECTOR_BYTES = 512;

  /** The specification's smallest cluster. */
  private static final int MIN_CLUSTER_BITS = 9;

  /** The specification leaves larger clusters open; QEMU goes to 2 MiB and so does everybody. */
  private static final int MAX_CLUSTER_BITS = 21;

  /** Subclusters have 512 bytes at least, and there are 32 in a cluster. */
  private static final int MIN_SUBDIVIDED_CLUSTER_BITS = 14;

  /** QEMU's limit of an L1 table: 64 GiB of disk with 512 byte clusters, 2 EiB with the largest. */
  private static final long MAX_L1_BYTES = 32 << 20;

  static final long MAX_L1_ENTRIES = MAX_L1_BYTES / Qcow2Layout.L1_ENTRY_BYTES;

  /** QEMU's limit of a refcount table. */
  private static final long MAX_REFCOUNT_TABLE_BYTES = 8 << 20;

  /** QEMU's limit, about a day of one snapshot per second. */
  private static final long MAX_SNAPSHOTS = 65536;

  /** Refcounts have 64 bits at most ("refcount_order"). */
  private static final long MAX_REFCOUNT_ORDER = 6;

  /** "backing_file_size": names have 1023 bytes at most. */
  static final long MAX_BACKING_NAME_BYTES = 1023;

  /** Reads and checks the header. */
  static Qcow2Header read(Storage storage) throws IOException {
    ByteBuffer fields = ByteBuffer.allocate(KNOWN_LENGTH);
    storage.read(fields, 0);
    fields.flip();
    if (fields.getInt() != MAGIC) {
      throw new ImageException(
          ImageException.Kind.NOT_AN_IMAGE, storage.name() + ": no qcow2 signature");
    }
    Qcow2Header header = parse(fields);
    header.checkExtent(storage);
    Features.check(storage, header);
    header.checkFields(storage);
    header.checkTables(storage);
    return header;
  }

  private static Qcow2Header parse(ByteBuffer in) {
    long version = u32(in);
    boolean v3 = version >= 3;
    int headerLength = v3 ? in.getInt(100) : V2_LENGTH;
    boolean hasCompressionType = (headerLength & 0xFFFFFFFFL) > COMPRESSION_TYPE_AT;
    return new Qcow2Header(
        version,
        in.getLong(),
        u32(in),
        u32(in),
        in.getLong(),
        u32(in),
        u32(in),
        in.getLong(),
        in.getLong(),
        u32(in),
        u32(in),
        in.getLong(),
        v3 ? in.getLong() : 0,
        v3 ? in.getLong() : 0,
        v3 ? in.getLong() : 0,
        v3 ? u32(in) : 4,
        headerLength & 0xFFFFFFFFL,
        v3 && hasCompressionType ? in.get(COMPRESSION_TYPE_AT) & 0xFF : DEFLATE);
  }

  private static long u32(ByteBuffer in) {
    return in.getInt() & 0xFFFFFFFFL;
  }

  /** What has to hold before the rest of the first cluster can be looked at. */
  private void checkExtent(Storage storage) throws ImageException {
    if (version != 2 && version != 3) {
      throw ImageException.unsupported(
          storage, "qcow2 version " + version + " (known are 2 and 3)");
    }
    checkRange(storage, "cluster_bits", clusterBits, MIN_CLUSTER_BITS, MAX_CLUSTER_BITS);
    long shortest = version == 2 ? V2_LENGTH : MIN_V3_LENGTH;
    checkRange(storage, "header_length", headerLength, shortest, clusterBytes());
    checkRange(storage, "backing_file_offset", backingFileOffset, 0, clusterBytes());
  }

  private void checkFields(Storage storage) throws ImageException {
    if (cryptMethod != 0) {
      throw ImageException.unsupported(
          storage,
          switch ((int) cryptMethod) {
            case 1 -> "encryption with AES (crypt_method 1)";
            case 2 -> "encryption with LUKS (crypt_method 2)";
            default -> "encryption (crypt_method " + cryptMethod + ")";
          });
    }
    if (compressionType > ZSTD) {
      throw ImageException.unsupported(storage, "compression type " + compressionType);
    }
    if (Features.COMPRESSION_TYPE.in(incompatibleFeatures) != (compressionType != DEFLATE)) {
      throw ImageException.badField(
          storage,
          "compression_type",
          compressionType,
          "0 exactly where the incompatible feature bit 'compression type' is clear");
    }
    if (Features.EXTENDED_L2.in(incompatibleFeatures)) {
      checkRange(
          storage,
          "cluster_bits (with extended L2 entries)",
          clusterBits,
          MIN_SUBDIVIDED_CLUSTER_BITS,
          MAX_CLUSTER_BITS);
    }
    if (Features.RAW_EXTERNAL_DATA.in(autoclearFeatures) && !layout().externalData()) {
      throw ImageException.badField(
          storage,
          "autoclear feature bit 'raw external data'",
          1,
          "0 in an image without external data file");
    }
    checkRange(storage, "refcount_order", refcountOrder, 0, MAX_REFCOUNT_ORDER);
    if (backingFileOffset != 0) {
      long most = Math.min(MAX_BACKING_NAME_BYTES, clusterBytes() - backingFileOffset);
      checkRange(storage, "backing_file_size", backingFileSize, 0, most);
    }
  }

  private void checkTables(Storage storage) throws ImageException {
    long mostRefcountClusters = MAX_REFCOUNT_TABLE_BYTES / clusterBytes();
    checkRange(storage, "refcount_table_clusters", refcountTableClusters, 1, mostRefcountClusters);
    checkOffset(storage, "refcount_table_offset", refcountTableOffset);
    checkRange(storage, "nb_snapshots", nbSnapshots, 0, MAX_SNAPSHOTS);
    checkOffset(storage, "snapshots_offset", snapshotsOffset);
    checkL1(storage, "l1_size", l1Size, "l1_table_offset", l1TableOffset);
    if (sizeBytes < 0 || layout().l1EntriesFor(sizeBytes) > l1Size) {
      throw ImageException.badField(
          storage,
          "size",
          Long.toUnsignedString(sizeBytes),
          "a size that the L1 table of " + l1Size + " entries covers");
    }
  }

  /** Checks an L1 table's place, the active one's or a snapshot's. */
  void checkL1(Storage storage, String sizeField, long size, String offsetField, long offset)
      throws ImageException {
    checkRange(storage, sizeField, size, 0, MAX_L1_ENTRIES);
    checkOffset(storage, offsetField, offset);
  }

  private static void checkRange(Storage storage, String field, long found, long least, long most)
      throws ImageException {
    if (found < least || found > most) {
      throw ImageException.badField(storage, field, found, least + " to " + most);
    }
  }

  private void checkOffset(Storage storage, String field, long hostOffset) throws ImageException {
    if (hostOffset < 0 || !layout().isAligned(hostOffset)) {
      throw ImageException.badField(
          storage,
          field,
          Long.toUnsignedString(hostOffset),
          "a multiple of the cluster size, " + clusterBytes());
    }
  }

  long clusterBytes() {
    return 1L << clusterBits;
  }

  /** Virtual size as the guest sees it: whole sectors. */
  long virtualSize() {
    return sizeBytes / SECTOR_BYTES * SECTOR_BYTES;
  }

  Qcow2Layout layout() {
    return new Qcow2Layout(
        (int) clusterBits,
        version >= 3,
        Features.EXTENDED_L2.in(incompatibleFeatures),
        Features.EXTERNAL_DATA.in(incompatibleFeatures));
  }
}
