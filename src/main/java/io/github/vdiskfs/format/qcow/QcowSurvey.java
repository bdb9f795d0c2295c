// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow;

import io.github.vdiskfs.image.HostSpace;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;

/** What is where in the file, found out before an image is written. */
final class QcowSurvey implements QcowWalk.Listener {
  /** Offsets of compressed clusters have at least 47 bits. */
  private static final long MAX_FILE_BYTES = 1L << 47;

  private final Storage storage;
  private final QcowHeader header;
  private final HostSpace space;

  private QcowSurvey(Storage storage, QcowHeader header) {
    this.storage = storage;
    this.header = header;
    this.space = new HostSpace(storage, header.clusterBytes(), MAX_FILE_BYTES);
  }

  /**
   * Goes through all tables; the answer knows the free space of the file.
   *
   * @throws ImageException of kind {@code READ_ONLY} where something is wrong with them
   */
  static HostSpace of(Storage storage, QcowHeader header, QcowTables tables) throws IOException {
    QcowSurvey survey = new QcowSurvey(storage, header);
    new QcowWalk(storage, header, tables, survey).run();
    return survey.space;
  }

  @Override
  public void problem(String what) throws IOException {
    throw new ImageException(
        ImageException.Kind.READ_ONLY,
        storage.name()
            + ": "
            + what
            + "; it is served read-only (vdiskfs check says what else is wrong)");
  }

  @Override
  public void metadata(long hostOffset, long length) throws IOException {
    space.use(hostOffset, length);
  }

  @Override
  public void cluster(long hostOffset) throws IOException {
    space.use(hostOffset, header.clusterBytes());
  }

  @Override
  public void compressed(long guestOffset, long hostOffset, int length) throws IOException {
    space.use(hostOffset, length);
  }
}
