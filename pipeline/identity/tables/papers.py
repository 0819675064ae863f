"""Papers, standards and what libraries keep of them."""

from __future__ import annotations

from pipeline.identity.forms import Thing

__all__ = ["PAPERS"]

PAPERS = (
    Thing(
        "arxiv:{arxiv}",
        "paper",
        "arXiv paper",
        "https://arxiv.org/abs/{arxiv}",
        """
        arxiv.org/abs/{arxiv}{version}
        arxiv.org/pdf/{arxiv}{version}
        arxiv.org/pdf/{arxiv}{version}.pdf
        arxiv.org/html/{arxiv}{version}/...
        arxiv.org/ps/{arxiv}{version}
        arxiv.org/format/{arxiv}{version}
        arxiv.org/src/{arxiv}{version}
        arxiv.org/e-print/{arxiv}{version}
        arxiv.org/overview/{arxiv}{version}
        arxiv.org/{arxiv}{version}
        arxiv-vanity.com/papers/{arxiv}{version}
        scirate.com/arxiv/{arxiv}{version}
        papers.cool/arxiv/{arxiv}{version}
        semanticscholar.org/arxiv/{arxiv}{version}
        api.semanticscholar.org/arxiv:{arxiv}{version}
        api.semanticscholar.org/arXiv:{arxiv}{version}
        huggingface.co/papers/{arxiv}{version}
        huggingface.co/papers/{arxiv}{version}.md
        doi.org/10.48550/arXiv.{arxiv}{version}
        doi.org/10.48550/arxiv.{arxiv}{version}
        doi.org/10.48550/ARXIV.{arxiv}{version}
        """,
    ),
    Thing(
        "doi:{doi}",
        "paper",
        "paper (DOI)",
        "https://doi.org/{doi}",
        """
        doi.org/{doi}
        dl.acm.org/doi/{doi}
        dl.acm.org/doi/{form}/{doi}
        dl.acm.org/citation.cfm?doid={doi}
        link.springer.com/{form}/{doi}
        link.springer.com/content/pdf/{doi}
        onlinelibrary.wiley.com/doi/{doi}
        onlinelibrary.wiley.com/doi/{form}/{doi}
        {society}.onlinelibrary.wiley.com/doi/{doi}
        {society}.onlinelibrary.wiley.com/doi/{form}/{doi}
        tandfonline.com/doi/{doi}
        tandfonline.com/doi/{form}/{doi}
        journals.sagepub.com/doi/{doi}
        journals.sagepub.com/doi/{form}/{doi}
        pubs.acs.org/doi/{doi}
        pubs.acs.org/doi/{form}/{doi}
        science.org/doi/{doi}
        science.org/doi/{form}/{doi}
        science.sciencemag.org/doi/{doi}
        pnas.org/doi/{doi}
        pnas.org/doi/{form}/{doi}
        epubs.siam.org/doi/{doi}
        epubs.siam.org/doi/{form}/{doi}
        pubsonline.informs.org/doi/{doi}
        pubsonline.informs.org/doi/{form}/{doi}
        royalsocietypublishing.org/doi/{doi}
        royalsocietypublishing.org/doi/{form}/{doi}
        annualreviews.org/doi/{doi}
        annualreviews.org/doi/{form}/{doi}
        liebertpub.com/doi/{doi}
        ahajournals.org/doi/{doi}
        nejm.org/doi/{form}/{doi}
        journals.aps.org/{journal}/{form}/{doi}
        iopscience.iop.org/article/{doi}
        frontiersin.org/articles/{doi}
        frontiersin.org/journals/{journal}/articles/{doi}
        journals.plos.org/{journal}/article?id={doi}
        journals.plos.org/{journal}/article/file?id={doi}
        sci-hub.*/{doi}
        semanticscholar.org/doi/{doi}
        """,
    ),
    Thing(
        "doi:10.1038/{article}",
        "paper",
        "paper (DOI)",
        "https://www.nature.com/articles/{article}",
        """
        nature.com/articles/{article:name}.pdf
        nature.com/articles/{article:name}
        doi.org/10.1038/{article:name}
        """,
    ),
    Thing(
        "doi:10.1145/{id}",
        "paper",
        "paper (DOI)",
        "https://doi.org/10.1145/{id}",
        """
        dl.acm.org/citation.cfm?id={id:acm}
        portal.acm.org/citation.cfm?id={id:acm}
        """,
    ),
    Thing(
        "doi:{doi}",
        "paper",
        "preprint, any version",
        "https://doi.org/{doi}",
        """
        biorxiv.org/content/{doi:preprint}
        biorxiv.org/content/biorxiv/early/{year}/{month}/{day}/{doi:preprint}
        medrxiv.org/content/{doi:preprint}
        """,
    ),
    Thing(
        "doi:10.2139/ssrn.{n}",
        "paper",
        "SSRN paper",
        "https://ssrn.com/abstract={n}",
        """
        papers.ssrn.com/sol3/papers.cfm?abstract_id={n}
        papers.ssrn.com/sol3/Delivery.cfm?abstractid={n}
        papers.ssrn.com/abstract={n}
        ssrn.com/abstract={n}
        """,
    ),
    Thing(
        "openreview:{id}",
        "paper",
        "OpenReview paper",
        "https://openreview.net/forum?id={id}",
        """
        openreview.net/forum?id={id}
        openreview.net/pdf?id={id}
        openreview.net/attachment?id={id}
        openreview.net/references/pdf?id={id}
        """,
    ),
    Thing(
        "acl:{acl}",
        "paper",
        "paper of the ACL Anthology",
        "https://aclanthology.org/{acl}",
        """
        aclanthology.org/{acl}{version}
        aclanthology.org/{acl}{version}.pdf
        aclanthology.org/{acl}.bib
        aclanthology.org/anthology/{acl}
        aclanthology.org/anthology/{acl}.pdf
        aclanthology.org/papers/{a}/{b}/{acl}
        aclanthology.org/attachments/{acl}{ext}
        """,
    ),
    Thing(
        "ieee:{n}",
        "paper",
        "IEEE document",
        "https://ieeexplore.ieee.org/document/{n}",
        """
        ieeexplore.ieee.org/document/{n}/...
        ieeexplore.ieee.org/abstract/document/{n}/...
        ieeexplore.ieee.org/stamp/stamp.jsp?arnumber={n}
        ieeexplore.ieee.org/iel7/{rest}?arnumber={n}
        ieeexplore.ieee.org/xpl/articleDetails.jsp?arnumber={n}
        """,
    ),
    Thing(
        "pubmed:{n}",
        "paper",
        "PubMed article",
        "https://pubmed.ncbi.nlm.nih.gov/{n}",
        """
        pubmed.ncbi.nlm.nih.gov/{n}
        ncbi.nlm.nih.gov/pubmed/{n}
        europepmc.org/article/med/{n}
        europepmc.org/article/MED/{n}
        europepmc.org/abstract/MED/{n}
        """,
    ),
    Thing(
        "pmc:{n}",
        "paper",
        "PMC article",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC{n}",
        """
        pmc.ncbi.nlm.nih.gov/articles/PMC{n}/...
        ncbi.nlm.nih.gov/pmc/articles/PMC{n}/...
        europepmc.org/article/pmc/PMC{n}
        europepmc.org/articles/PMC{n}
        """,
    ),
    Thing(
        "s2:{hash}",
        "paper",
        "Semantic Scholar paper",
        "https://www.semanticscholar.org/paper/{hash}",
        """
        semanticscholar.org/paper/{hash}
        semanticscholar.org/paper/{slug}/{hash}
        """,
    ),
    Thing(
        "s2:{n}",
        "paper",
        "Semantic Scholar paper",
        "https://api.semanticscholar.org/CorpusID:{n}",
        "api.semanticscholar.org/CorpusID:{n}",
    ),
    Thing(
        "pmlr:{volume}/{paper}",
        "paper",
        "PMLR paper",
        "https://proceedings.mlr.press/{volume}/{paper}.html",
        """
        proceedings.mlr.press/{volume}/{paper}.html
        proceedings.mlr.press/{volume}/{paper}/{file}.pdf
        proceedings.mlr.press/{volume}/{paper}.pdf
        """,
    ),
    Thing(
        "neurips:{hash}",
        "paper",
        "NeurIPS paper",
        "",
        """
        papers.nips.cc/paper/{year}/hash/{hash}-{form}
        papers.nips.cc/paper/{year}/file/{hash}-{form}
        papers.nips.cc/paper_files/paper/{year}/hash/{hash}-{form}
        papers.nips.cc/paper_files/paper/{year}/file/{hash}-{form}
        """,
    ),
    Thing(
        "cvf:{conference}/{paper}",
        "paper",
        "CVF paper",
        "https://openaccess.thecvf.com/content/{conference}/html/{paper}_paper.html",
        """
        openaccess.thecvf.com/content/{conference}/html/{paper}_paper.html
        openaccess.thecvf.com/content/{conference}/papers/{paper}_paper.pdf
        """,
    ),
    Thing(
        "jmlr:{volume}/{paper}",
        "paper",
        "JMLR paper",
        "https://jmlr.org/papers/{volume}/{paper}.html",
        """
        jmlr.org/papers/{volume:jmlr}/{paper}.html
        jmlr.org/papers/{volume:jmlr}/{paper}/{file}.pdf
        """,
    ),
    Thing(
        "iacr:{year}/{n}",
        "paper",
        "IACR preprint",
        "https://eprint.iacr.org/{year}/{n}",
        """
        eprint.iacr.org/{year:n}/{n}
        eprint.iacr.org/{year:n}/{n}.pdf
        """,
    ),
    Thing(
        "hal:{hal}",
        "paper",
        "HAL paper",
        "https://hal.science/{hal}",
        """
        hal.science/{hal}{version}/...
        {institute}.hal.science/{hal}{version}/...
        hal.archives-ouvertes.fr/{hal}{version}/...
        hal.inria.fr/{hal}{version}/...
        """,
    ),
    Thing(
        "zenodo:{n}",
        "dataset",
        "Zenodo record",
        "https://zenodo.org/records/{n}",
        """
        zenodo.org/record/{n}
        zenodo.org/records/{n}
        doi.org/10.5281/zenodo.{n}
        """,
    ),
    Thing(
        "jstor:{n}",
        "paper",
        "JSTOR article",
        "https://www.jstor.org/stable/{n}",
        """
        jstor.org/stable/{n}
        jstor.org/stable/pdf/{n}.pdf
        doi.org/10.2307/{n}
        """,
    ),
)
