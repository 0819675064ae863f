"""Packages and programs in the registries and shops that hand them out; a version is a thing of its own."""

from __future__ import annotations

from pipeline.identity.forms import Thing

__all__ = ["PACKAGES"]


def _package(key: str, name: str, url: str, forms: str, versions: str = "") -> tuple[Thing, ...]:
    """The rows of a registry: a version of a package, then the package."""
    package = Thing(key, "package", name, url, forms)
    if not versions:
        return (package,)
    return (Thing(f"{key}@{{release}}", "release", f"version of a {name}", "", versions, parent=key), package)


PACKAGES = (
    *_package(
        "pypi:{package}",
        "PyPI package",
        "https://pypi.org/project/{package}",
        """
        pypi.org/project/{package}
        pypi.org/pypi/{package}
        pypi.python.org/pypi/{package}
        pypi.python.org/project/{package}
        """,
        """
        pypi.org/project/{package}/{release}
        pypi.org/pypi/{package}/{release}
        pypi.python.org/pypi/{package}/{release}
        """,
    ),
    *_package(
        "npm:{scoped}",
        "npm package",
        "https://www.npmjs.com/package/{scoped}",
        """
        npmjs.com/package/{scoped}
        npmjs.org/package/{scoped}
        npm.im/{scoped}
        npm.io/package/{scoped}
        yarnpkg.com/package/{scoped}
        yarnpkg.com/en/package/{scoped}
        classic.yarnpkg.com/en/package/{scoped}
        yarnpkg.com/package?name={scoped}
        """,
        "npmjs.com/package/{scoped}/v/{release}",
    ),
    *_package(
        "crate:{package}",
        "crate",
        "https://crates.io/crates/{package}",
        """
        crates.io/crates/{package:crate}
        lib.rs/crates/{package:crate}
        lib.rs/{package:crate}
        """,
        "crates.io/crates/{package:crate}/{release}",
    ),
    *_package(
        "gem:{name}",
        "gem",
        "https://rubygems.org/gems/{name}",
        "rubygems.org/gems/{name}",
        "rubygems.org/gems/{name}/versions/{release}",
    ),
    *_package(
        "go:{module}",
        "Go package",
        "https://pkg.go.dev/{module}",
        """
        pkg.go.dev/{module:go_module}
        godoc.org/{module:go_module}
        """,
        "pkg.go.dev/{module:go_module}@{release}",
    ),
    *_package(
        "packagist:{name}",
        "Composer package",
        "https://packagist.org/packages/{name}",
        "packagist.org/packages/{name:two_names}",
    ),
    *_package(
        "hackage:{name}",
        "Haskell package",
        "https://hackage.haskell.org/package/{name}",
        "hackage.haskell.org/package/{name:hackage}",
        "hackage.haskell.org/package/{name:hackage}-{release:hackage_version}",
    ),
    *_package(
        "stackage:{name}", "Stackage package", "https://www.stackage.org/package/{name}", "stackage.org/package/{name}"
    ),
    *_package(
        "maven:{group}:{name}",
        "Maven artifact",
        "https://central.sonatype.com/artifact/{group}/{name}",
        """
        central.sonatype.com/artifact/{group}/{name}
        search.maven.org/artifact/{group}/{name}
        mvnrepository.com/artifact/{group}/{name}
        """,
        """
        central.sonatype.com/artifact/{group}/{name}/{release}
        search.maven.org/artifact/{group}/{name}/{release}/...
        mvnrepository.com/artifact/{group}/{name}/{release}
        """,
    ),
    *_package(
        "nuget:{name}",
        "NuGet package",
        "https://www.nuget.org/packages/{name}",
        "nuget.org/packages/{name}",
        "nuget.org/packages/{name}/{release}",
    ),
    *_package(
        "docker:{name}",
        "Docker image",
        "https://hub.docker.com/r/{name}",
        """
        hub.docker.com/r/{name:two_names}
        hub.docker.com/r/{name:two_names}/tags
        hub.docker.com/r/{name:two_names}/builds
        hub.docker.com/u/{name:two_names}
        registry.hub.docker.com/r/{name:two_names}
        registry.hub.docker.com/u/{name:two_names}
        """,
    ),
    *_package(
        "docker:library/{name}",
        "Docker image",
        "https://hub.docker.com/_/{name}",
        """
        hub.docker.com/_/{name}
        hub.docker.com/_/{name}/tags
        registry.hub.docker.com/_/{name}
        hub.docker.com/r/library/{name}
        """,
    ),
    *_package(
        "vscode:{name}",
        "Visual Studio extension",
        "https://marketplace.visualstudio.com/items?itemName={name}",
        "marketplace.visualstudio.com/items?itemName={name}",
    ),
    *_package(
        "openvsx:{name}",
        "Open VSX extension",
        "https://open-vsx.org/extension/{name}",
        "open-vsx.org/extension/{name:two_names}",
    ),
    *_package(
        "cpan:{module}",
        "Perl module",
        "https://metacpan.org/pod/{module}",
        """
        metacpan.org/pod/{module}
        metacpan.org/module/{module}
        """,
    ),
    *_package(
        "cpan:dist/{dist}",
        "Perl distribution",
        "https://metacpan.org/dist/{dist}",
        """
        metacpan.org/dist/{dist}
        metacpan.org/release/{dist}
        search.cpan.org/dist/{dist}
        """,
    ),
    *_package(
        "hex:{name}",
        "Hex package",
        "https://hex.pm/packages/{name}",
        "hex.pm/packages/{name}",
        "hex.pm/packages/{name}/{release}",
    ),
    *_package(
        "pub:{name}",
        "Dart package",
        "https://pub.dev/packages/{name}",
        """
        pub.dev/packages/{name}
        pub.dartlang.org/packages/{name}
        """,
        "pub.dev/packages/{name}/versions/{release}",
    ),
    *_package(
        "cran:{package}",
        "R package",
        "https://cran.r-project.org/package={package}",
        """
        cran.r-project.org/package={package:id}
        cran.r-project.org/web/packages/{package:id}
        cran.r-project.org/web/packages/{package:id}/index.html
        """,
    ),
    *_package(
        "brew:{name}", "Homebrew formula", "https://formulae.brew.sh/formula/{name}", "formulae.brew.sh/formula/{name}"
    ),
    *_package(
        "flathub:{name}",
        "Flatpak",
        "https://flathub.org/apps/{name}",
        """
        flathub.org/apps/{name}
        flathub.org/apps/details/{name}
        flathub.org/{lang}/apps/{name}
        flathub.org/{lang}/apps/details/{name}
        """,
    ),
    *_package(
        "fdroid:{name}",
        "F-Droid app",
        "https://f-droid.org/packages/{name}",
        """
        f-droid.org/packages/{name}
        f-droid.org/{lang}/packages/{name}
        """,
    ),
    *_package(
        "firefox:{name}",
        "Firefox add-on",
        "https://addons.mozilla.org/firefox/addon/{name}",
        """
        addons.mozilla.org/{app:mozilla_app}/addon/{name}
        addons.mozilla.org/{lang}/{app:mozilla_app}/addon/{name}
        """,
    ),
    *_package(
        "chrome:{id}",
        "Chrome extension",
        "https://chromewebstore.google.com/detail/{id}",
        """
        chromewebstore.google.com/detail/{id:chrome_id}
        chromewebstore.google.com/detail/{slug}/{id:chrome_id}
        chrome.google.com/webstore/detail/{id:chrome_id}
        chrome.google.com/webstore/detail/{slug}/{id:chrome_id}
        """,
    ),
    *_package(
        "play:{name}",
        "Android app",
        "https://play.google.com/store/apps/details?id={name}",
        "play.google.com/store/apps/details?id={name}",
    ),
    *_package(
        "appstore:{n}",
        "app in the App Store",
        "https://apps.apple.com/app/id{n}",
        """
        apps.apple.com/app/id{n}
        apps.apple.com/app/{slug}/id{n}
        apps.apple.com/{country}/app/id{n}
        apps.apple.com/{country}/app/{slug}/id{n}
        itunes.apple.com/app/id{n}
        itunes.apple.com/app/{slug}/id{n}
        itunes.apple.com/{country}/app/id{n}
        itunes.apple.com/{country}/app/{slug}/id{n}
        """,
    ),
    *_package(
        "steam:{n}", "game on Steam", "https://store.steampowered.com/app/{n}", "store.steampowered.com/app/{n}/..."
    ),
)
