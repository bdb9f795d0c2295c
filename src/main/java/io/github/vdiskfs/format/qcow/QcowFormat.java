// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow;

import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;

/** QEMU's first copy-on-write format. */
public final class QcowFormat implements ImageFormat {
  /** QEMU's name of the format. */
  public static final String NAME = "qcow";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<String> extensions() {
    return Set.of("qcow");
  }

  @Override
  public boolean probe(Storage storage) throws IOException {
    ByteBuffer start = ByteBuffer.allocate(8);
    storage.read(start, 0);
    return start.getInt(0) == QcowHeader.MAGIC && start.getInt(4) == QcowHeader.VERSION;
  }

  @Override
  public Image open(Storage storage, Context context) throws IOException {
    QcowHeader header = QcowHeader.read(storage);
    return new QcowImage(storage, context.tables(), header, header.backing(storage));
  }

  @Override
  public void create(Storage target, Creation creation) throws IOException {
    QcowCreator.create(target, creation);
  }
}
