// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.HostSpace;
import io.github.vdiskfs.image.ImageException;
import java.io.IOException;

/**
 * What is where in the file of a sparse extent, as its tables say: found out before an extent is
 * written, so that nothing new is put over anything old. No header counter is believed.
 */
final class SparseSurvey implements GrainWalk.Listener {
  private final SparseExtent extent;
  private final HostSpace space;
  private boolean copiesDiffer;

  private SparseSurvey(SparseExtent extent) throws IOException {
    this.extent = extent;
    this.space =
        new HostSpace(extent.file(), extent.geometry().grainBytes(), SparseWriter.MAX_FILE_BYTES);
    space.use(0, reservedBytes());
  }

  private long reservedBytes() {
    long sectors = Math.min(extent.facts().reservedSectors(), Sectors.of(extent.file()));
    return sectors * Sectors.BYTES;
  }

  /**
   * Goes through all tables.
   *
   * @throws ImageException of kind {@code READ_ONLY} where something is wrong with them
   */
  static SparseSurvey of(SparseExtent extent) throws IOException {
    SparseSurvey survey = new SparseSurvey(extent);
    new GrainWalk(extent, survey).run();
    return survey;
  }

  @Override
  public void problem(String what) throws IOException {
    throw new ImageException(
        ImageException.Kind.READ_ONLY,
        extent.file().name()
            + ": "
            + what
            + "; it is served read-only (vdiskfs check says what else is wrong)");
  }

  @Override
  public void table(long hostOffset, long length) throws IOException {
    space.use(hostOffset, length);
  }

  @Override
  public void grain(long grain, long hostOffset) throws IOException {
    space.use(hostOffset, extent.grainBytes());
  }

  @Override
  public void differs(long gdIndex, long entries) {
    copiesDiffer = true;
  }

  /** The file's free space, and what is in use. */
  HostSpace space() {
    return space;
  }

  /** True where redundant tables are not as those that are in use. */
  boolean copiesDiffer() {
    return copiesDiffer;
  }
}
