// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.DirtyTables.Stage;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.List;

/**
 * Checks a disk: the parent, and of each sparse extent all tables, their redundant copies and the
 * grains; mends what is told twice.
 */
final class VmdkChecker {
  private final Descriptor descriptor;
  private final ImageFormat.Context context;
  private final List<SparseExtent> extents;
  private final CheckReport report;

  VmdkChecker(
      Descriptor descriptor,
      ImageFormat.Context context,
      List<SparseExtent> extents,
      CheckReport report) {
    this.descriptor = descriptor;
    this.context = context;
    this.extents = extents;
    this.report = report;
  }

  void check() throws IOException {
    checkParent();
    Totals totals = new Totals();
    for (SparseExtent extent : extents) {
      if (ExtentCheck.mends(extent, report)) {
        mend(extent);
      }
      ExtentCheck check = new ExtentCheck(extent, report);
      check.run();
      totals.add(extent, check);
    }
    report.units(totals.grains, totals.allocated, totals.fragmented, totals.compressed);
    report.imageEnd(totals.end);
  }

  /** Figures of all extents together. */
  private static final class Totals {
    long grains;
    long allocated;
    long fragmented;
    long compressed;
    long end;

    void add(SparseExtent extent, ExtentCheck check) {
      grains += extent.facts().growable() ? 0 : extent.geometry().grains();
      allocated += check.allocated();
      fragmented += check.fragmented();
      compressed += extent.decoder() == null ? 0 : check.allocated();
      end = Math.max(end, check.end());
    }
  }

  private void checkParent() {
    try {
      String mismatch = ParentCheck.mismatch(descriptor, context);
      if (mismatch != null) {
        report.corruption(mismatch);
      }
    } catch (IOException e) {
      report.error("parent '" + descriptor.parentHint() + "': " + e.getMessage());
    }
  }

  /** Makes the tables and their copies equal, and says that the file was closed. */
  private void mend(SparseExtent extent) throws IOException {
    CheckReport silent = new CheckReport(CheckReport.Repair.NONE, (done, total) -> {});
    ExtentCheck found = new ExtentCheck(extent, silent);
    found.run();
    Storage file = extent.file();
    DirtyTables dirty = new DirtyTables();
    HeaderFields header = new HeaderFields(dirty, context.tables(), file, extent.geometry());
    file.allowWriting();
    try {
      if (silent.leaks() + silent.corruptions() > 0) {
        mendTables(extent, found, dirty, header);
      } else if (report.mendsAll() && extent.facts().unclean()) {
        synchronized (dirty) {
          header.unclean(Stage.ROOT, false);
        }
      }
      dirty.flush(List.of(file));
    } catch (ImageException e) {
      report.error(file.name() + ": it cannot be mended: " + e.getMessage());
    } finally {
      synchronized (dirty) {
        dirty.discard();
      }
    }
  }

  private void mendTables(
      SparseExtent extent, ExtentCheck found, DirtyTables dirty, HeaderFields header)
      throws IOException {
    CopyRepair repair =
        new CopyRepair(extent, dirty, new WritableTables(extent, dirty, found.space(), header));
    repair.mend(report.mendsAll());
    String name = extent.file().name();
    for (long i = 0; i < repair.mendedTables(); i++) {
      report.corruptionFixed(name + ": a grain table, from its redundant copy");
    }
    for (long i = 0; i < repair.mendedCopies(); i++) {
      report.leakFixed(name + ": a redundant grain table");
    }
  }
}
