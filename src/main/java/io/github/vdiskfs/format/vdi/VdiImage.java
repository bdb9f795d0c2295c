// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageInfo;
import io.github.vdiskfs.image.ImageWriter;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An opened VDI: one look into the block map per question. */
final class VdiImage implements Image {
  private final VdiState state;
  private final ImageInfo info;
  private @Nullable VdiWriter writer;

  VdiImage(
      Storage storage, VdiHeader header, @Nullable BackingReference parent, TableCache tables) {
    this.state = new VdiState(storage, header, tables);
    this.info =
        new ImageInfo(
            VdiFormat.NAME,
            header.diskSize(),
            header.blockSize(),
            parent,
            false,
            false,
            List.of(),
            Map.of(),
            List.of());
  }

  @Override
  public ImageInfo info() {
    return info;
  }

  @Override
  public long size() {
    return state.sizeBytes();
  }

  @Override
  public Extent map(long guestOffset, long length) throws IOException {
    return state.map().map(guestOffset, length, state.sizeBytes());
  }

  @Override
  public synchronized ImageWriter writer() throws IOException {
    if (writer == null) {
      writer = VdiWriter.open(state);
    }
    return writer;
  }

  @Override
  public void check(CheckReport report) throws IOException {
    new VdiChecker(state, report).check();
  }

  @Override
  public void close() throws IOException {
    state.dirty().discard();
    state.storage().close();
  }
}
