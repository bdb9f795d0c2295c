// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

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

/** A dynamic or differencing image: a look into the BAT and one into the block's bitmap. */
final class DynamicVpcImage implements Image {
  private final VpcState state;
  private final ImageInfo info;
  private @Nullable DynamicVpcWriter writer;

  DynamicVpcImage(
      Storage storage,
      VpcFooter footer,
      DynamicHeader header,
      @Nullable BackingReference parent,
      TableCache tables) {
    this.state = new VpcState(storage, footer, header, parent != null, tables);
    this.info =
        new ImageInfo(
            VpcFormat.NAME,
            footer.virtualSize(),
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
    return state.table().map(guestOffset, length, state.sizeBytes());
  }

  @Override
  public synchronized ImageWriter writer() throws IOException {
    if (writer == null) {
      writer = DynamicVpcWriter.open(state);
    }
    return writer;
  }

  @Override
  public void check(CheckReport report) throws IOException {
    new VpcChecker(state, report).check();
  }

  @Override
  public void close() throws IOException {
    state.dirty().discard();
    state.storage().close();
  }
}
