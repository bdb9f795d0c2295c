// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.image.ImageInfo;
import io.github.vdiskfs.storage.FileDeniedException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** QEMU's copy-on-write format, versions 2 and 3. */
public final class Qcow2Format implements ImageFormat {
  /** QEMU's name of the format. */
  public static final String NAME = "qcow2";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<String> extensions() {
    return Set.of("qcow2", "qcow");
  }

  @Override
  public boolean probe(Storage storage) throws IOException {
    ByteBuffer start = ByteBuffer.allocate(8);
    storage.read(start, 0);
    int version = start.getInt(4);
    // Versions to come are claimed as well, so that they are refused by name. Version 1 is qcow.
    return start.getInt(0) == Qcow2Header.MAGIC && Integer.compareUnsigned(version, 2) >= 0;
  }

  @Override
  public Image open(Storage storage, Context context) throws IOException {
    Qcow2Header header = Qcow2Header.read(storage);
    HeaderExtensions extensions = HeaderExtensions.read(storage, header);
    SnapshotTable snapshots = SnapshotTable.read(storage, header);
    ImageInfo plainInfo = Qcow2Info.of(storage, header, extensions, snapshots);
    boolean preallocated = HostData.looksPreallocated(storage, header);
    boolean external = Features.EXTERNAL_DATA.in(header.incompatibleFeatures());
    Storage dataFile = external ? openDataFile(storage, context, extensions.dataFile()) : storage;
    return new Qcow2Image(
        storage,
        context.tables(),
        header,
        snapshots,
        external ? Qcow2Info.withFile(plainInfo, dataFile) : plainInfo,
        new HostData(dataFile, preallocated));
  }

  @Override
  public void create(Storage target, Creation creation) throws IOException {
    Qcow2Creator.create(target, creation);
  }

  private static Storage openDataFile(Storage image, Context context, @Nullable String name)
      throws IOException {
    if (name == null || name.isEmpty()) {
      throw new ImageException(
          ImageException.Kind.INCOMPLETE,
          image.name() + ": the data is in an external file, but the image does not name it");
    }
    String what = image.name() + ": external data file '" + name + "': ";
    try {
      return context.opener().open(name);
    } catch (FileDeniedException e) {
      throw new ImageException(ImageException.Kind.DENIED, what + e.getReason(), e);
    } catch (IOException e) {
      throw new ImageException(ImageException.Kind.INCOMPLETE, what + e.getMessage(), e);
    }
  }
}
