// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageInfo;
import io.github.vdiskfs.image.ImageWriter;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An opened image: the active disk, and the way to its snapshots. */
final class Qcow2Image implements Image {
  private final Storage storage;
  private final TableCache cache;
  private final Qcow2Header header;
  private final SnapshotTable snapshots;
  private final ImageInfo info;
  private final HostData data;
  private final ActiveDisk active;
  private final ClusterDecoder decoder;
  private @Nullable Qcow2Writer writer;

  Qcow2Image(
      Storage storage,
      TableCache cache,
      Qcow2Header header,
      SnapshotTable snapshots,
      ImageInfo info,
      HostData data) {
    this.storage = storage;
    this.cache = cache;
    this.header = header;
    this.snapshots = snapshots;
    this.info = info;
    this.data = data;
    this.active =
        new ActiveDisk(mapOf(header.l1TableOffset(), header.l1Size(), info.virtualSize()));
    this.decoder = new ClusterDecoder((int) header.clusterBytes(), header.compressionType());
  }

  private ClusterMap mapOf(long l1TableOffset, long l1Size, long sizeBytes) {
    Qcow2Layout layout = header.layout();
    Qcow2Tables tables = new Qcow2Tables(cache, storage, layout, l1TableOffset, l1Size);
    return new ClusterMap(layout, tables, storage, data, sizeBytes);
  }

  @Override
  public ImageInfo info() {
    return info;
  }

  @Override
  public long size() {
    return active.map().sizeBytes();
  }

  @Override
  public Extent map(long guestOffset, long length) throws IOException {
    return active.map().map(guestOffset, length);
  }

  @Override
  public byte[] decode(Extent extent) throws IOException {
    return decoder.decode(extent);
  }

  @Override
  public synchronized ImageWriter writer() throws IOException {
    Qcow2Writer there = writer;
    if (there == null) {
      there = Qcow2Writer.open(storage, cache, header, snapshots, data, active);
      writer = there;
    }
    return there;
  }

  @Override
  public void check(CheckReport report) throws IOException {
    Qcow2State state = new Qcow2State(storage, cache, header, data, new DirtyTables());
    HeaderExtensions.Bitmaps bitmaps = HeaderExtensions.read(storage, header).bitmaps();
    Qcow2Checker.check(state, snapshots, bitmaps, decoder, report);
  }

  @Override
  public Image snapshot(String nameOrId) throws IOException {
    SnapshotTable.Snapshot snapshot =
        snapshots
            .find(nameOrId)
            .orElseThrow(
                () ->
                    new ImageException(
                        ImageException.Kind.NOT_FOUND,
                        storage.name() + ": no internal snapshot '" + nameOrId + "'"));
    snapshot.check(storage, header);
    ImageInfo snapshotInfo = Qcow2Info.at(info, snapshot.info());
    ClusterMap snapshotMap =
        mapOf(snapshot.l1TableOffset(), snapshot.l1Size(), snapshotInfo.virtualSize());
    return new Qcow2Snapshot(snapshotInfo, snapshotMap, decoder);
  }

  @Override
  public synchronized void close() throws IOException {
    if (writer != null) {
      writer.discard();
    }
    try {
      storage.close();
    } finally {
      if (data.storage() != storage) {
        data.storage().close();
      }
    }
  }
}
