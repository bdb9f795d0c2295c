// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow;

import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;

/** Checks an image: all tables, and that every compressed cluster unpacks. */
final class QcowCheck implements QcowWalk.Listener {
  private final QcowImage image;
  private final Storage storage;
  private final QcowHeader header;
  private final CheckReport report;
  private long allocated;
  private long fragmented;
  private long packed;
  private long lastEnd = -1;
  private long end;

  QcowCheck(QcowImage image, Storage storage, QcowHeader header, CheckReport report) {
    this.image = image;
    this.storage = storage;
    this.header = header;
    this.report = report;
  }

  void run(QcowTables tables) throws IOException {
    new QcowWalk(storage, header, tables, this).run();
    long clusters = (image.size() + header.clusterBytes() - 1) >>> header.clusterBits();
    report.units(clusters, allocated, fragmented, packed);
    report.imageEnd(Math.min(end, storage.size()));
  }

  @Override
  public void at(long l1Index) {
    report.progress(l1Index, header.l1Entries());
  }

  @Override
  public void problem(String what) {
    report.corruption(what);
  }

  @Override
  public void metadata(long hostOffset, long length) {
    end = Math.max(end, hostOffset + length);
  }

  @Override
  public void cluster(long hostOffset) {
    stored(hostOffset, header.clusterBytes());
  }

  private void stored(long hostOffset, long length) {
    allocated++;
    fragmented += lastEnd < 0 || hostOffset == lastEnd ? 0 : 1;
    lastEnd = hostOffset + length;
    end = Math.max(end, lastEnd);
  }

  @Override
  public void compressed(long guestOffset, long hostOffset, int length) throws IOException {
    stored(hostOffset, length);
    packed++;
    try {
      image.decode(image.compressedExtent(hostOffset, length));
    } catch (ImageException e) {
      report.corruption("guest offset " + guestOffset + ": " + e.getMessage());
    }
  }
}
