// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.TablePage;
import java.io.IOException;

/**
 * Checks L2 entries by themselves, one after the other, counts the clusters of the active disk, and
 * tells what the entries refer to.
 */
final class EntryCheck {
  /** Bits of an entry without compression that are to be zero: 1 to 8 and 56 to 61. */
  private static final long RESERVED = 0x3F00_0000_0000_01FEL;

  private final Qcow2State state;
  private final Qcow2Layout layout;
  private final ClusterDecoder decoder;
  private final CheckReport report;
  private final ReferenceWalk.Sink sink;
  private final boolean decodes;

  private long l1Index;
  private boolean active;
  private int times;
  private long expectedHostOffset;
  private long allocated;
  private long fragmented;
  private long compressed;

  /**
   * @param decodes true where compressed clusters are unpacked too
   */
  EntryCheck(
      Qcow2State state,
      ClusterDecoder decoder,
      CheckReport report,
      ReferenceWalk.Sink sink,
      boolean decodes) {
    this.state = state;
    this.layout = state.layout();
    this.decoder = decoder;
    this.report = report;
    this.sink = sink;
    this.decodes = decodes;
  }

  /**
   * Goes on with another table.
   *
   * @param references L1 entries that refer to it
   */
  void start(long tableL1Index, boolean isActive, int references) {
    l1Index = tableL1Index;
    times = references;
    active = isActive;
    expectedHostOffset = 0;
  }

  long allocated() {
    return allocated;
  }

  long fragmented() {
    return fragmented;
  }

  long compressed() {
    return compressed;
  }

  void check(TablePage page, long l2Index) throws IOException {
    long descriptor = page.int64(l2Index);
    long bitmap = layout.extendedL2() ? page.int64(l2Index, Long.BYTES) : 0;
    if (descriptor == 0 && bitmap == 0) {
      return;
    }
    L2Entry entry = new L2Entry(descriptor, bitmap);
    if (Qcow2Layout.isCompressed(descriptor)) {
      compressed(entry, l2Index);
      return;
    }
    if ((descriptor & RESERVED) != 0) {
      corruption(entry, l2Index, "has reserved bits set");
    }
    if (layout.hasCluster(descriptor)) {
      withCluster(entry, l2Index);
    } else if ((bitmap & 0xFFFF_FFFFL) != 0) {
      corruption(entry, l2Index, "has no cluster, but allocated subclusters");
    }
  }

  private void corruption(L2Entry entry, long l2Index, String problem) {
    report.corruption(
        String.format(
            "L2 entry %d of L1 entry %d (0x%016x) %s",
            l2Index, l1Index, entry.descriptor(), problem));
  }

  private void compressed(L2Entry entry, long l2Index) throws IOException {
    long descriptor = entry.descriptor();
    if (Qcow2Layout.isCopied(descriptor)) {
      corruption(entry, l2Index, "is compressed and flagged as copied");
    }
    if (layout.externalData()) {
      corruption(entry, l2Index, "is compressed in an image with an external data file");
      return;
    }
    if (entry.bitmap() != 0) {
      corruption(entry, l2Index, "is compressed and has a subcluster bitmap");
      return;
    }
    long hostOffset = layout.compressedOffset(descriptor);
    int bytes = layout.compressedBytes(descriptor);
    sink.reference(hostOffset, bytes, false, times);
    if (active) {
      allocated++;
      compressed++;
      fragmented++;
    }
    if (decodes) {
      decode(entry, l2Index, hostOffset, bytes);
    }
  }

  private void decode(L2Entry entry, long l2Index, long hostOffset, int bytes) throws IOException {
    try {
      decoder.decode(
          Extent.compressed(state.storage(), hostOffset, bytes, 0, layout.clusterBytes()));
    } catch (ImageException e) {
      if (e.kind() == ImageException.Kind.CORRUPT) {
        corruption(entry, l2Index, "cannot be unpacked: " + e.getMessage());
      } else {
        report.error(String.valueOf(e.getMessage()));
      }
    }
  }

  private void withCluster(L2Entry entry, long l2Index) {
    long hostOffset = entry.hostOffset();
    if ((entry.bitmap() >>> 32 & entry.bitmap()) != 0) {
      corruption(entry, l2Index, "has subclusters that are both allocated and zero");
      return;
    }
    if (!layout.isAligned(hostOffset)) {
      corruption(entry, l2Index, "is not cluster aligned");
    }
    if (active) {
      allocated++;
      if (expectedHostOffset != 0 && hostOffset != expectedHostOffset) {
        fragmented++;
      }
      expectedHostOffset = hostOffset + layout.clusterBytes();
    }
    if (!layout.externalData()) {
      sink.reference(hostOffset, layout.clusterBytes(), false, times);
    }
  }
}
