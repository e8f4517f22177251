"""The program as a project of Vitis 2023.2 and later (UG1400): vitis -s build.py settings.json

Makes ./workspace anew. Runs in the Python of Vitis, which brings the module `vitis`."""

import inspect
import json
import os
import shutil
import sys

import vitis


def platform_create(client, settings):
    """Create and build the platform; return the path of its description."""
    create = client.create_platform_component
    given = {
        "name": settings["platform"],
        "os": "standalone",
        "cpu": settings["cpu"],
        "domain_name": domain_name(settings),
    }
    # Renamed between 2023.2 and 2024.2.
    create(**given, **{hardware_keyword(create, settings["release"]): settings["xsa"]})
    platform = client.get_component(name=settings["platform"])
    if settings["timer"]:
        # Time of a MicroBlaze V is that of a timer in the fabric.
        domain = platform.get_domain(name=domain_name(settings))
        domain.set_config(
            option="lib",
            param="XILTIMER_tick_timer",
            value=settings["timer"],
            lib_name="xiltimer",
        )
    platform.build()
    name = settings["platform"]
    path = os.path.join("workspace", name, "export", name, name + ".xpfm")
    if not os.path.exists(path):
        sys.exit("ERROR: [soc] no " + path + " was built: the messages above tell why")
    return os.path.abspath(path)


def domain_name(settings):
    """Return the name that Vitis itself would choose."""
    return "standalone_" + settings["cpu"]


def hardware_keyword(create, release):
    """Return what the hand-off file is called among the arguments."""
    year, number = (int(part) for part in release.split(".")[:2])
    if (year, number) == (2024, 1):  # not documented: ask
        return "hw_design" if "hw_design" in inspect.signature(create).parameters else "hw"
    return "hw" if (year, number) < (2024, 1) else "hw_design"


def application_build(client, settings, platform):
    """Create and build the application."""
    client.create_app_component(
        name=settings["application"],
        platform=platform,
        domain=domain_name(settings),
        template="empty_application",
    )
    app = client.get_component(name=settings["application"])
    app.import_files(
        from_loc=os.path.abspath("sources"),
        files=settings["sources"],
        dest_dir_in_cmp="src",
    )
    # The default is -O0.
    app.set_app_config(key="USER_COMPILE_OPTIMIZATION_LEVEL", values="-O2")
    app.get_ld_script().set_stack_size(size=settings["stack"])
    if settings["buffers"]:
        buffers_place(settings)
    app.build()


def buffers_place(settings):
    """Put the DMA's buffers where the DMA reaches them, ahead of all else in the linker script."""
    base, size = settings["buffers"], settings["buffers_size"]
    path = os.path.join("workspace", settings["application"], "src", "lscript.ld")
    with open(path) as file:
        text = file.read()
    head, brace, rest = text.partition("SECTIONS")[2].partition("{")
    if not brace or head.strip():
        sys.exit("ERROR: [soc] " + path + " has no SECTIONS")
    before = text[: text.index("SECTIONS")]
    # Scripts may have several MEMORY commands, and regions may overlap.
    memory = f"MEMORY {{ dma_buffers : ORIGIN = {base}, LENGTH = {size} }}\n"
    section = "\n.dma_buffers (NOLOAD) : { *(.bss.dma) } > dma_buffers\n"
    with open(path, "w") as file:
        file.write(before + memory + "SECTIONS\n{" + section + rest)


def main():
    """Build, and look whether the program is there: a failed build is not always an error."""
    with open(sys.argv[-1]) as file:
        settings = json.load(file)
    # Vitis refuses what an earlier run has left.
    shutil.rmtree("workspace", ignore_errors=True)
    client = vitis.create_client()
    try:
        client.set_workspace(path=os.path.abspath("workspace"))
        platform = platform_create(client, settings)
        application_build(client, settings, platform)
    finally:
        vitis.dispose()
    name = settings["application"]
    elf = os.path.join("workspace", name, "build", name + ".elf")
    if not os.path.exists(elf):
        sys.exit("ERROR: [soc] no " + elf + " was built: the messages above tell why")


main()
