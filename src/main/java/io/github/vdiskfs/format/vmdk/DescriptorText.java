// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The text of a new disk's descriptor: "The Descriptor File" of the Virtual Disk Format 5.0.
 *
 * @param cid the content identifier
 * @param createType the kind of disk
 * @param parentCid the parent's content identifier, or {@link Descriptor#NO_PARENT}
 * @param parentHint the parent's file name, or null
 * @param extentLines the lines of the extent section
 * @param hardwareVersion of the machine that the disk is for
 * @param adapterType of its controller
 * @param toolsVersion of the guest tools; 2147483647 for unknown
 */
record DescriptorText(
    long cid,
    String createType,
    long parentCid,
    @Nullable String parentHint,
    List<String> extentLines,
    String hardwareVersion,
    String adapterType,
    String toolsVersion) {

  private static final Pattern EXTENT = Pattern.compile("(?m)^RW \\d+ SPARSE ");

  private static final Pattern CYLINDERS =
      Pattern.compile("(?m)^ddb\\.geometry\\.cylinders = \"\\d+\"");

  private static final Pattern HEADS =
      Pattern.compile("(?m)^ddb\\.geometry\\.heads = \"(\\d{1,4})\"");

  private static final int SECTORS_PER_TRACK = 63;

  /** IDE drives have at most 16 heads. */
  private static final int IDE_HEADS = 16;

  private static final int SCSI_HEADS = 255;

  /** The text of a disk of a number of sectors. */
  String of(long sectors) {
    int heads = adapterType.equals("ide") ? IDE_HEADS : SCSI_HEADS;
    StringBuilder text = new StringBuilder("# Disk DescriptorFile\nversion=1\n");
    text.append(String.format(Locale.ROOT, "CID=%08x\nparentCID=%08x\n", cid, parentCid));
    text.append("createType=\"").append(createType).append("\"\n");
    if (parentHint != null) {
      text.append("parentFileNameHint=\"").append(parentHint).append("\"\n");
    }
    text.append("\n# Extent description\n");
    extentLines.forEach(line -> text.append(line).append('\n'));
    text.append("\n# The Disk Data Base\n#DDB\n\n");
    add(text, "virtualHWVersion", hardwareVersion);
    add(text, "geometry.cylinders", String.valueOf(cylinders(sectors, heads)));
    add(text, "geometry.heads", String.valueOf(heads));
    add(text, "geometry.sectors", String.valueOf(SECTORS_PER_TRACK));
    add(text, "adapterType", adapterType);
    add(text, "toolsVersion", toolsVersion);
    return text.toString();
  }

  private static void add(StringBuilder text, String key, String value) {
    text.append("ddb.").append(key).append(" = \"").append(value).append("\"\n");
  }

  private static long cylinders(long sectors, long heads) {
    return sectors / (heads * SECTORS_PER_TRACK);
  }

  /** A text as {@link #of} makes it, for one sparse extent, with another size. */
  static String withSize(String text, long sectors) {
    Matcher heads = HEADS.matcher(text);
    long cylinders = heads.find() ? cylinders(sectors, Long.parseLong(heads.group(1))) : 0;
    String sized = EXTENT.matcher(text).replaceFirst("RW " + sectors + " SPARSE ");
    return CYLINDERS.matcher(sized).replaceFirst("ddb.geometry.cylinders = \"" + cylinders + "\"");
  }
}
